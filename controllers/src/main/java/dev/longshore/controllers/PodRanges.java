package dev.longshore.controllers;

import java.util.Optional;
import java.util.Set;
import java.util.stream.LongStream;

/// A range of IPv4 addresses in equal parts.
///
/// @param base the first address
/// @param bits how many of its low bits the range leaves free
/// @param partBits how many of these a part leaves free
record PodRanges(long base, int bits, int partBits) {

    private static final int ADDRESS_BITS = 32;
    private static final int OCTET = 0xff;

    /// The parts of `range` (`10.244.0.0/16`), of 2^`partBits` addresses each.
    ///
    /// @throws IllegalArgumentException when it is no range, or smaller than a part
    static PodRanges of(String range, int partBits) {
        int slash = range.indexOf('/');
        if (slash < 0) {
            throw new IllegalArgumentException("not an address range: " + range);
        }
        long address = 0;
        for (String octet : range.substring(0, slash).split("\\.")) {
            address = address << 8 | Integer.parseInt(octet);
        }
        int bits = ADDRESS_BITS - Integer.parseInt(range.substring(slash + 1));
        if (bits < partBits) {
            throw new IllegalArgumentException(range + " is too small for parts of " + (1 << partBits) + " addresses");
        }
        return new PodRanges(address, bits, partBits);
    }

    /// The first part that is not in `taken`.
    Optional<String> firstFree(Set<String> taken) {
        return LongStream.range(0, 1L << bits - partBits)
                .mapToObj(index -> text(base + (index << partBits)) + "/" + (ADDRESS_BITS - partBits))
                .filter(part -> !taken.contains(part))
                .findFirst();
    }

    private static String text(long address) {
        return "%d.%d.%d.%d"
                .formatted(address >> 24 & OCTET, address >> 16 & OCTET, address >> 8 & OCTET, address & OCTET);
    }
}
