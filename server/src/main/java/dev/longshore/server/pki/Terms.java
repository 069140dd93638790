package dev.longshore.server.pki;

import java.time.Duration;

/// How long the cluster's own certificates are good for, and how long before their end they are made anew.
///
/// @param lifetime of a certificate
/// @param ahead how long before its end it is renewed
/// @param authorityLifetime of an authority's own certificate, which is renewed when a fifth of that is left
public record Terms(Duration lifetime, Duration ahead, Duration authorityLifetime) {

    /// Certificates for a year, renewed when ten weeks are left; authorities for ten years.
    public static final Terms USUAL = of(Duration.ofDays(365));

    private static final int PART = 5;

    public Terms {
        boolean makesSense = ahead.isPositive()
                && ahead.compareTo(lifetime) < 0
                && authorityLifetime.dividedBy(PART).compareTo(lifetime) >= 0;
        if (!makesSense) {
            throw new IllegalArgumentException(
                    "certificates for %s, renewed %s before their end, by an authority for %s"
                            .formatted(lifetime, ahead, authorityLifetime));
        }
    }

    /// Certificates for `lifetime`, renewed when a fifth of it is left.
    public static Terms of(Duration lifetime) {
        Duration usual = Duration.ofDays(3650);
        Duration least = lifetime.multipliedBy(2 * PART);
        return new Terms(lifetime, lifetime.dividedBy(PART), usual.compareTo(least) > 0 ? usual : least);
    }

    /// The same, renewed `earlier` before their end.
    public Terms renewedBefore(Duration earlier) {
        return new Terms(lifetime, earlier, authorityLifetime);
    }

    Duration authorityAhead() {
        return authorityLifetime.dividedBy(PART);
    }
}
