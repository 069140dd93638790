package dev.longshore.kinds.custom;

import java.math.BigInteger;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Which of two versions of an API is newer: stable ones before betas before alphas, names that are no versions last.
final class VersionOrder {

    static final Comparator<String> NEWEST_FIRST = VersionOrder::compare;

    private static final Pattern VERSION = Pattern.compile("v([1-9]\\d*)(?:(alpha|beta)([1-9]\\d*))?");

    private VersionOrder() {}

    static Optional<String> newest(List<String> versions) {
        return versions.stream().min(NEWEST_FIRST);
    }

    private static int compare(String left, String right) {
        Matcher one = VERSION.matcher(left);
        Matcher other = VERSION.matcher(right);
        boolean isOne = one.matches();
        boolean isOther = other.matches();
        if (!isOne || !isOther) {
            return isOne == isOther ? left.compareTo(right) : isOne ? -1 : 1;
        }
        int byStability = Integer.compare(stability(other), stability(one));
        int byMajor = number(other, 1).compareTo(number(one, 1));
        int byMinor = number(other, 3).compareTo(number(one, 3));
        return byStability != 0 ? byStability : byMajor != 0 ? byMajor : byMinor;
    }

    private static int stability(Matcher version) {
        return version.group(2) == null ? 2 : version.group(2).equals("beta") ? 1 : 0;
    }

    private static BigInteger number(Matcher version, int group) {
        return version.group(group) == null ? BigInteger.ZERO : new BigInteger(version.group(group));
    }
}
