package dev.longshore.controllers;

import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;

/// Addresses of one block, as `192.0.2.0/28`: pure. The first and last of a block of IPv4 are left out, since
/// networks use them for themselves.
public record AddressRange(BigInteger first, BigInteger last, boolean isWide) {

    private static final int NARROW = 4;
    private static final int WIDE = 16;
    private static final int BITS = 8;

    /// The range that `text` says.
    ///
    /// @throws IllegalArgumentException with one line that says what to write
    public static AddressRange parse(String text) {
        int slash = text.indexOf('/');
        byte[] address = bytes(slash < 0 ? "" : text.substring(0, slash));
        int bits = address.length * BITS;
        int prefix = slash < 0 || !text.substring(slash + 1).matches("\\d{1,3}")
                ? -1
                : Integer.parseInt(text.substring(slash + 1));
        if (address.length == 0 || prefix < 1 || prefix > bits) {
            throw new IllegalArgumentException(
                    "not a range of addresses: \"" + text + "\": write it like 192.168.1.240/28");
        }
        BigInteger size = BigInteger.ONE.shiftLeft(bits - prefix);
        BigInteger start = new BigInteger(1, address).andNot(size.subtract(BigInteger.ONE));
        BigInteger end = start.add(size).subtract(BigInteger.ONE);
        boolean isTrimmed = address.length == NARROW && bits - prefix >= 2;
        return new AddressRange(
                isTrimmed ? start.add(BigInteger.ONE) : start,
                isTrimmed ? end.subtract(BigInteger.ONE) : end,
                address.length == WIDE);
    }

    /// True if `address` is one of them.
    public boolean contains(String address) {
        byte[] bytes = bytes(address);
        BigInteger number = new BigInteger(1, bytes);
        return bytes.length == (isWide ? WIDE : NARROW) && number.compareTo(first) >= 0 && number.compareTo(last) <= 0;
    }

    /// The first that is not in `taken`; empty when all are.
    public Optional<String> free(Set<String> taken) {
        for (BigInteger next = first; next.compareTo(last) <= 0; next = next.add(BigInteger.ONE)) {
            String address = text(next);
            if (!taken.contains(address)) {
                return Optional.of(address);
            }
        }
        return Optional.empty();
    }

    private String text(BigInteger number) {
        byte[] digits = number.toByteArray();
        byte[] bytes = new byte[isWide ? WIDE : NARROW];
        int length = Math.min(digits.length, bytes.length);
        System.arraycopy(digits, digits.length - length, bytes, bytes.length - length, length);
        try {
            return InetAddress.getByAddress(bytes).getHostAddress();
        } catch (UnknownHostException impossible) {
            throw new AssertionError(Arrays.toString(bytes), impossible);
        }
    }

    private static byte[] bytes(String address) {
        try {
            return InetAddress.ofLiteral(address).getAddress();
        } catch (IllegalArgumentException noAddress) {
            return new byte[0];
        }
    }
}
