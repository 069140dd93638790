package dev.longshore.apiserver.flow;

import java.util.Arrays;
import java.util.List;

/// Shares a number of seats out in proportion to what is wanted, within bounds.
final class Allocation {

    /// Whoever wants nothing still gets its part of what is left over.
    private static final double SMALLEST_WISH = 0.001;

    private Allocation() {}

    /// One party.
    ///
    /// @param wish at least `low`
    record Claim(double wish, double low, double high) {
        Claim {
            if (low < 0 || wish < low || high < low) {
                throw new IllegalArgumentException("wish %s within %s and %s".formatted(wish, low, high));
            }
        }

        private double weight() {
            return Math.max(wish, SMALLEST_WISH);
        }

        private double at(double proportion) {
            return Math.clamp(weight() * proportion, low, high);
        }
    }

    /// Each claim's part: its wish times a proportion that is the same for all, raised or cut to its bounds. The
    /// parts sum to `total` unless the bounds forbid it.
    static double[] share(double total, List<Claim> claims) {
        double proportion = proportion(total, claims);
        return claims.stream().mapToDouble(claim -> claim.at(proportion)).toArray();
    }

    /// The sum grows with the proportion and bends where a claim reaches a bound: finds the stretch between two
    /// bends in which `total` lies, and there it is a straight line.
    private static double proportion(double total, List<Claim> claims) {
        double[] bends = claims.stream()
                .flatMapToDouble(claim ->
                        java.util.stream.DoubleStream.of(claim.low / claim.weight(), claim.high / claim.weight()))
                .sorted()
                .toArray();
        double from = 0;
        double sumFrom = sum(claims, 0);
        for (double to : Arrays.stream(bends).distinct().toArray()) {
            double sumTo = sum(claims, to);
            if (sumTo >= total) {
                return sumTo == sumFrom ? to : from + (to - from) * Math.max(0, total - sumFrom) / (sumTo - sumFrom);
            }
            from = to;
            sumFrom = sumTo;
        }
        return from;
    }

    private static double sum(List<Claim> claims, double proportion) {
        return claims.stream().mapToDouble(claim -> claim.at(proportion)).sum();
    }
}
