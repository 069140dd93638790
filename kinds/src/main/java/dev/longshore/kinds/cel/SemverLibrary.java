package dev.longshore.kinds.cel;

import dev.cel.common.types.CelType;
import dev.cel.common.types.SimpleType;
import java.math.BigInteger;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Semantic versions (semver.org, version 2).
final class SemverLibrary {

    private static final CelType TEXT = SimpleType.STRING;
    private static final CelType BOOL = SimpleType.BOOL;
    private static final CelType VERSION = CelFunction.SEMVER;
    private static final Pattern STRICT = Pattern.compile("(0|[1-9]\\d*)\\.(0|[1-9]\\d*)\\.(0|[1-9]\\d*)"
            + "(?:-((?:0|[1-9]\\d*|\\d*[a-zA-Z-][0-9a-zA-Z-]*)(?:\\.(?:0|[1-9]\\d*|\\d*[a-zA-Z-][0-9a-zA-Z-]*))*))?"
            + "(?:\\+([0-9a-zA-Z-]+(?:\\.[0-9a-zA-Z-]+)*))?");
    private static final Pattern LOOSE = Pattern.compile("v?(\\d+)(?:\\.(\\d+))?(?:\\.(\\d+))?([-+].*)?");

    private SemverLibrary() {}

    /// A version. What stands behind a plus is no part of its order.
    record Semver(long major, long minor, long patch, String before) implements Comparable<Semver> {

        static Optional<Semver> find(String text) {
            Matcher matcher = STRICT.matcher(text);
            if (!matcher.matches()) {
                return Optional.empty();
            }
            try {
                return Optional.of(new Semver(
                        Long.parseLong(matcher.group(1)),
                        Long.parseLong(matcher.group(2)),
                        Long.parseLong(matcher.group(3)),
                        matcher.group(4) == null ? "" : matcher.group(4)));
            } catch (NumberFormatException tooLarge) {
                return Optional.empty();
            }
        }

        @Override
        public int compareTo(Semver other) {
            int byNumber = Long.compare(major, other.major);
            byNumber = byNumber != 0 ? byNumber : Long.compare(minor, other.minor);
            byNumber = byNumber != 0 ? byNumber : Long.compare(patch, other.patch);
            if (byNumber != 0 || before.equals(other.before)) {
                return byNumber;
            }
            if (before.isEmpty() || other.before.isEmpty()) {
                return before.isEmpty() ? 1 : -1;
            }
            return parts(before.split("\\."), other.before.split("\\."));
        }

        private static int parts(String[] left, String[] right) {
            for (int i = 0; i < Math.min(left.length, right.length); i++) {
                int order = part(left[i], right[i]);
                if (order != 0) {
                    return order;
                }
            }
            return Integer.compare(left.length, right.length);
        }

        /// Numbers come before words.
        private static int part(String left, String right) {
            boolean isOne = left.chars().allMatch(Character::isDigit);
            boolean isOther = right.chars().allMatch(Character::isDigit);
            if (isOne && isOther) {
                return new BigInteger(left).compareTo(new BigInteger(right));
            }
            return isOne ? -1 : isOther ? 1 : left.compareTo(right);
        }
    }

    static List<CelFunction> all() {
        return List.of(
                CelFunction.global("semver", VERSION, List.of(TEXT), given -> parse(given)),
                CelFunction.global("semver", VERSION, List.of(TEXT, BOOL), given -> parse(given)),
                CelFunction.global(
                        "isSemver", BOOL, List.of(TEXT), given -> find(given).isPresent()),
                CelFunction.global(
                        "isSemver",
                        BOOL,
                        List.of(TEXT, BOOL),
                        given -> find(given).isPresent()),
                one("major", Semver::major),
                one("minor", Semver::minor),
                one("patch", Semver::patch),
                two("isLessThan", BOOL, (left, right) -> left.compareTo(right) < 0),
                two("isGreaterThan", BOOL, (left, right) -> left.compareTo(right) > 0),
                two("compareTo", SimpleType.INT, (left, right) -> (long) Integer.signum(left.compareTo(right))));
    }

    private static CelFunction one(String name, Function<Semver, Object> body) {
        return CelFunction.member(
                name, SimpleType.INT, List.of(VERSION), given -> body.apply((Semver) given.getFirst()));
    }

    private static CelFunction two(String name, CelType result, BiFunction<Semver, Semver, Object> body) {
        return CelFunction.member(
                name,
                result,
                List.of(VERSION, VERSION),
                given -> body.apply((Semver) given.getFirst(), (Semver) given.get(1)));
    }

    private static Optional<Semver> find(List<Object> given) {
        String text = (String) given.getFirst();
        boolean isLoose = given.size() > 1 && (Boolean) given.get(1);
        return Semver.find(isLoose ? normal(text) : text);
    }

    /// Without a leading v and leading zeros, and with all three numbers.
    private static String normal(String text) {
        Matcher matcher = LOOSE.matcher(text);
        if (!matcher.matches()) {
            return text;
        }
        var numbers = new StringBuilder();
        for (int i = 1; i <= 3; i++) {
            String number = matcher.group(i) == null ? "0" : matcher.group(i);
            numbers.append(i > 1 ? "." : "").append(new BigInteger(number));
        }
        return numbers + (matcher.group(4) == null ? "" : matcher.group(4));
    }

    private static Semver parse(List<Object> given) {
        return find(given)
                .orElseThrow(() -> new IllegalArgumentException("invalid semantic version: " + given.getFirst()));
    }
}
