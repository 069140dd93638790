package dev.longshore.controllers;

import java.math.BigInteger;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.LongStream;

/// A range of addresses of one family in equal parts, one for each node.
///
/// @param base the first address
/// @param width of addresses in bits: 32 or 128
/// @param count how many parts there are
/// @param partBits how many low bits a part leaves free
record PodRanges(BigInteger base, int width, long count, int partBits) {

    private static final int BITS = 8;
    private static final int OLD = 32;
    private static final int NEW = 128;

    /// A /24 of IPv4, a /64 of IPv6.
    private static final int OLD_PART = 8;

    private static final int NEW_PART = 64;

    /// No more parts than so many, as in the original.
    private static final int MOST_PART_BITS = 16;

    /// The parts of each of `ranges`, as `10.244.0.0/16` or `10.244.0.0/16,fd00:10:244::/56`.
    ///
    /// @throws IllegalArgumentException when one is no range, smaller than a part, or too large for its parts
    static List<PodRanges> all(String ranges) {
        return Arrays.stream(ranges.split(",")).map(PodRanges::of).toList();
    }

    /// The parts of one range.
    static PodRanges of(String range) {
        int slash = range.indexOf('/');
        if (slash < 0) {
            throw new IllegalArgumentException("not an address range: " + range);
        }
        byte[] address = bytes(range.substring(0, slash), range);
        int width = address.length * BITS;
        int partBits = width == OLD ? OLD_PART : NEW_PART;
        int bits = width - Integer.parseInt(range.substring(slash + 1)) - partBits;
        if (bits < 0) {
            throw new IllegalArgumentException("%s is too small for parts of /%d".formatted(range, width - partBits));
        }
        if (width == NEW && bits > MOST_PART_BITS) {
            throw new IllegalArgumentException(
                    "%s has too many parts of /%d: at most 2^%d".formatted(range, width - partBits, MOST_PART_BITS));
        }
        BigInteger free = BigInteger.ONE.shiftLeft(bits + partBits);
        BigInteger first = new BigInteger(1, address);
        return new PodRanges(first.subtract(first.mod(free)), width, 1L << bits, partBits);
    }

    private static byte[] bytes(String address, String range) {
        try {
            // Only literals get here: digits, dots and colons are never looked up.
            if (!address.matches("[0-9a-fA-F.:]+")) {
                throw new IllegalArgumentException("not an address range: " + range);
            }
            return InetAddress.ofLiteral(address).getAddress();
        } catch (IllegalArgumentException wrong) {
            throw new IllegalArgumentException("not an address range: " + range, wrong);
        }
    }

    /// The first part that is not in `taken`.
    Optional<String> firstFree(Set<String> taken) {
        return LongStream.range(0, count)
                .mapToObj(index -> text(base.add(BigInteger.valueOf(index).shiftLeft(partBits))))
                .filter(part -> !taken.contains(part))
                .findFirst();
    }

    private String text(BigInteger address) {
        byte[] all = new byte[width / BITS];
        byte[] digits = address.toByteArray();
        for (int i = 0; i < Math.min(all.length, digits.length); i++) {
            all[all.length - 1 - i] = digits[digits.length - 1 - i];
        }
        return (width == OLD ? old(all) : shortened(all)) + "/" + (width - partBits);
    }

    private static String old(byte[] address) {
        return "%d.%d.%d.%d".formatted(address[0] & 0xff, address[1] & 0xff, address[2] & 0xff, address[3] & 0xff);
    }

    /// As RFC 5952 has it: the longest run of zeros left out. The second half of a part is zero, so that run is at
    /// the end.
    private static String shortened(byte[] address) {
        var text = new StringBuilder();
        int last = address.length / 2 - 1;
        while (last > 0 && word(address, last) == 0) {
            last--;
        }
        for (int i = 0; i <= last; i++) {
            text.append(Integer.toHexString(word(address, i))).append(i == last ? "" : ":");
        }
        return text.append("::").toString();
    }

    private static int word(byte[] address, int index) {
        return (address[2 * index] & 0xff) << BITS | address[2 * index + 1] & 0xff;
    }
}
