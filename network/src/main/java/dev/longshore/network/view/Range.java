package dev.longshore.network.view;

import java.util.Arrays;
import java.util.stream.Collectors;

/// A range of IPv4 addresses, as `10.244.0.0/16`.
///
/// @param first the first address as a number
/// @param length how many leading bits are fixed
public record Range(int first, int length) {

    private static final int BITS = 32;

    public Range {
        if (length < 0 || length > BITS) {
            throw new IllegalArgumentException("not a prefix length: " + length);
        }
        first &= mask(length);
    }

    /// The range that `text` spells; a lone address is a range of one, `default` is all.
    public static Range parse(String text) {
        if (text.equals("default")) {
            return new Range(0, 0);
        }
        int slash = text.indexOf('/');
        return slash < 0
                ? new Range(number(text), BITS)
                : new Range(number(text.substring(0, slash)), Integer.parseInt(text.substring(slash + 1)));
    }

    /// Whether the two share an address.
    public boolean overlaps(Range other) {
        int shorter = mask(Math.min(length, other.length));
        return (first & shorter) == (other.first & shorter);
    }

    /// Whether `address` lies in it.
    public boolean contains(String address) {
        return (number(address) & mask(length)) == first;
    }

    /// The address at `offset` from the first.
    public String address(int offset) {
        return text(first + offset);
    }

    /// The number that an address is.
    ///
    /// @throws IllegalArgumentException when it is not four decimal bytes
    public static int number(String address) {
        String[] bytes = address.split("\\.", -1);
        if (bytes.length != 4) {
            throw new IllegalArgumentException("not an IPv4 address: " + address);
        }
        return Arrays.stream(bytes)
                .mapToInt(Integer::parseInt)
                .peek(part -> {
                    if (part < 0 || part > 255) {
                        throw new IllegalArgumentException("not an IPv4 address: " + address);
                    }
                })
                .reduce(0, (sum, part) -> sum << 8 | part);
    }

    /// Whether `text` is an IPv4 address.
    public static boolean isAddress(String text) {
        String[] bytes = text.split("\\.", -1);
        return bytes.length == 4 && Arrays.stream(bytes).allMatch(Range::isByte);
    }

    private static boolean isByte(String text) {
        return !text.isEmpty()
                && text.length() <= 3
                && text.chars().allMatch(c -> c >= '0' && c <= '9')
                && Integer.parseInt(text) <= 255;
    }

    private static String text(int address) {
        return Arrays.stream(new int[] {24, 16, 8, 0})
                .mapToObj(shift -> String.valueOf(address >>> shift & 255))
                .collect(Collectors.joining("."));
    }

    private static int mask(int length) {
        return length == 0 ? 0 : -1 << BITS - length;
    }

    @Override
    public String toString() {
        return text(first) + "/" + length;
    }
}
