package dev.longshore.kubelet.pods;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// How long to hold still between failures: 10 seconds, doubled each time up to five minutes, forgotten after
/// ten quiet minutes. The first failure costs nothing.
final class Backoff {

    private static final Duration FIRST = Duration.ofSeconds(10);
    private static final Duration LONGEST = Duration.ofMinutes(5);
    private static final Duration MEMORY = LONGEST.multipliedBy(2);

    private Duration delay = Duration.ZERO;
    private Instant updated = Instant.EPOCH;

    /// When the next try may be after a failure at `failedAt`; empty when at once.
    Optional<Instant> heldUntil(Instant failedAt, Instant now) {
        if (isForgotten(failedAt)) {
            return Optional.empty();
        }
        Instant until = failedAt.plus(delay);
        return until.isAfter(now) ? Optional.of(until) : Optional.empty();
    }

    /// Notes that a try begins after a failure at `failedAt`.
    void next(Instant failedAt, Instant now) {
        delay = isForgotten(failedAt) || delay.isZero() ? FIRST : min(delay.multipliedBy(2));
        updated = now;
    }

    /// The present delay.
    Duration delay() {
        return delay;
    }

    private boolean isForgotten(Instant failedAt) {
        return failedAt.isAfter(updated.plus(MEMORY));
    }

    private static Duration min(Duration doubled) {
        return doubled.compareTo(LONGEST) > 0 ? LONGEST : doubled;
    }
}
