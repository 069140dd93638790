package dev.longshore.kubelet.pods;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// How long to hold still between failures: 10 seconds, doubled each time up to five minutes or what else is the
/// longest, forgotten after twice that in quiet. The first failure costs nothing.
final class Backoff {

    private static final Duration FIRST = Duration.ofSeconds(10);
    static final Duration LONGEST = Duration.ofMinutes(5);

    private Duration longest = LONGEST;
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
        next(failedAt, now, LONGEST);
    }

    /// The same where no delay is to be longer than `longest`, not the first one either.
    void next(Instant failedAt, Instant now, Duration longest) {
        this.longest = longest;
        delay = atMost(isForgotten(failedAt) || delay.isZero() ? FIRST : delay.multipliedBy(2));
        updated = now;
    }

    /// The present delay.
    Duration delay() {
        return delay;
    }

    private boolean isForgotten(Instant failedAt) {
        return failedAt.isAfter(updated.plus(longest.multipliedBy(2)));
    }

    private Duration atMost(Duration wanted) {
        return wanted.compareTo(longest) > 0 ? longest : wanted;
    }
}
