package dev.longshore.network.view;

import java.math.BigInteger;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Pattern;

/// A range of IPv6 addresses, as `fd00:1::/64`.
///
/// @param first the first address as a number
/// @param length how many leading bits are fixed
public record Range6(BigInteger first, int length) {

    private static final int BITS = 128;
    private static final int BYTES = 16;
    private static final BigInteger ALL = BigInteger.ONE.shiftLeft(BITS).subtract(BigInteger.ONE);
    private static final Pattern SPELLING = Pattern.compile("[0-9a-fA-F:]*:[0-9a-fA-F:.]*");

    public Range6 {
        if (length < 0 || length > BITS) {
            throw new IllegalArgumentException("not a prefix length: " + length);
        }
        first = first.and(mask(length));
    }

    /// The range that `text` spells; a lone address is a range of one, `default` is all.
    ///
    /// @throws IllegalArgumentException when it spells none
    public static Range6 parse(String text) {
        if (text.equals("default")) {
            return new Range6(BigInteger.ZERO, 0);
        }
        int slash = text.indexOf('/');
        return slash < 0
                ? new Range6(number(text), BITS)
                : new Range6(number(text.substring(0, slash)), Integer.parseInt(text.substring(slash + 1)));
    }

    /// Whether the two share an address.
    public boolean overlaps(Range6 other) {
        BigInteger shorter = mask(Math.min(length, other.length));
        return first.and(shorter).equals(other.first.and(shorter));
    }

    /// Whether `address` lies in it.
    public boolean contains(String address) {
        return number(address).and(mask(length)).equals(first);
    }

    /// The address at `offset` from the first, in the shortest spelling (RFC 5952).
    public String address(long offset) {
        return text(first.add(BigInteger.valueOf(offset)));
    }

    /// Whether `text` is an IPv6 address, without a zone.
    public static boolean isAddress(String text) {
        try {
            number(text);
            return true;
        } catch (IllegalArgumentException none) {
            return false;
        }
    }

    /// `address` in its shortest spelling.
    public static String canonical(String address) {
        return text(number(address));
    }

    private static BigInteger number(String address) {
        // Only what is spelt like an address: anything else would be looked up.
        if (SPELLING.matcher(address).matches()) {
            try {
                InetAddress parsed = InetAddress.getByName(address);
                if (parsed instanceof Inet6Address) {
                    return new BigInteger(1, parsed.getAddress());
                }
            } catch (UnknownHostException wrong) {
                throw new IllegalArgumentException("not an IPv6 address: " + address, wrong);
            }
        }
        throw new IllegalArgumentException("not an IPv6 address: " + address);
    }

    private static BigInteger mask(int length) {
        return ALL.shiftLeft(BITS - length).and(ALL);
    }

    private static String text(BigInteger number) {
        int[] groups = new int[BYTES / 2];
        for (int i = 0; i < groups.length; i++) {
            groups[i] = number.shiftRight(BITS - (i + 1) * BYTES).intValue() & 0xffff;
        }
        int start = -1;
        int longest = 1;
        for (int i = 0; i < groups.length; i++) {
            int run = 0;
            while (i + run < groups.length && groups[i + run] == 0) {
                run++;
            }
            if (run > longest) {
                start = i;
                longest = run;
            }
        }
        var text = new StringBuilder();
        for (int i = 0; i < groups.length; i++) {
            if (i == start) {
                text.append("::");
                i += longest - 1;
                continue;
            }
            boolean needsColon = !text.isEmpty() && text.charAt(text.length() - 1) != ':';
            text.append(needsColon ? ":" : "").append(Integer.toHexString(groups[i]));
        }
        return text.toString();
    }

    @Override
    public String toString() {
        return text(first) + "/" + length;
    }
}
