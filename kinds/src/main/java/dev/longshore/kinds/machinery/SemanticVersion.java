package dev.longshore.kinds.machinery;

import java.math.BigInteger;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A version as semver.org 2.0.0 spells it, without a `v`; what stands after `+` does not count.
///
/// @param numbers major, minor and patch
/// @param before what makes it a version before the numbered one, as `alpha` and `1`; empty for the version itself
record SemanticVersion(List<BigInteger> numbers, List<String> before) implements Comparable<SemanticVersion> {

    /// What Go has where no version was read.
    static final SemanticVersion ZERO =
            new SemanticVersion(List.of(BigInteger.ZERO, BigInteger.ZERO, BigInteger.ZERO), List.of());

    private static final int MAX_LENGTH = 1024;
    private static final BigInteger TOO_LARGE = BigInteger.ONE.shiftLeft(Long.SIZE);
    private static final String NUMBER = "(0|[1-9]\\d*)";
    private static final Pattern SYNTAX = Pattern.compile(
            NUMBER + "\\." + NUMBER + "\\." + NUMBER + "(?:-([0-9A-Za-z.-]+))?(?:\\+([0-9A-Za-z.-]+))?");
    private static final Pattern DIGITS = Pattern.compile("\\d+");

    SemanticVersion {
        numbers = List.copyOf(numbers);
        before = List.copyOf(before);
    }

    /// The version that `text` spells, if it spells one.
    static Optional<SemanticVersion> find(String text) {
        if (text.length() > MAX_LENGTH) {
            return Optional.empty();
        }
        Matcher matcher = SYNTAX.matcher(text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        List<BigInteger> numbers = List.of(
                new BigInteger(matcher.group(1)), new BigInteger(matcher.group(2)), new BigInteger(matcher.group(3)));
        List<String> before = parts(matcher.group(4));
        boolean isSound = numbers.stream().allMatch(SemanticVersion::isCountable)
                && before.stream().allMatch(SemanticVersion::isPart)
                && parts(matcher.group(5)).stream().noneMatch(String::isEmpty);
        return isSound ? Optional.of(new SemanticVersion(numbers, before)) : Optional.empty();
    }

    private static List<String> parts(String text) {
        return text == null ? List.of() : List.of(text.split("\\.", -1));
    }

    private static boolean isCountable(BigInteger number) {
        return number.compareTo(TOO_LARGE) < 0;
    }

    private static boolean isPart(String part) {
        if (!isNumber(part)) {
            return !part.isEmpty();
        }
        return (part.length() == 1 || part.charAt(0) != '0') && isCountable(new BigInteger(part));
    }

    private static boolean isNumber(String part) {
        return DIGITS.matcher(part).matches();
    }

    @Override
    public int compareTo(SemanticVersion other) {
        for (int i = 0; i < numbers.size(); i++) {
            int order = numbers.get(i).compareTo(other.numbers.get(i));
            if (order != 0) {
                return order;
            }
        }
        if (before.isEmpty() || other.before.isEmpty()) {
            return Boolean.compare(before.isEmpty(), other.before.isEmpty());
        }
        for (int i = 0; i < Math.min(before.size(), other.before.size()); i++) {
            int order = compare(before.get(i), other.before.get(i));
            if (order != 0) {
                return order;
            }
        }
        return Integer.compare(before.size(), other.before.size());
    }

    /// Numbers come before words.
    private static int compare(String one, String other) {
        if (isNumber(one) && isNumber(other)) {
            return new BigInteger(one).compareTo(new BigInteger(other));
        }
        return Comparator.comparing(SemanticVersion::isNumber)
                .reversed()
                .thenComparing(Comparator.<String>naturalOrder())
                .compare(one, other);
    }
}
