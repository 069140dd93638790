package dev.longshore.apiserver.audit;

import dev.longshore.apiserver.audit.AuditOptions.Throttle;
import dev.longshore.base.Time;
import java.time.Duration;

/// Lets so many pass in a second, and a few more after a quiet time. For one thread.
final class TokenBucket {

    private static final double NANOS = 1e9;

    private final Throttle limits;
    private final Time time;
    private double tokens;
    private long filled;

    TokenBucket(Throttle limits, Time time) {
        this.limits = limits;
        this.time = time;
        this.tokens = limits.burst();
        this.filled = time.nanoTime();
    }

    /// Waits until one more may pass.
    void take() throws InterruptedException {
        fill();
        tokens -= 1;
        if (tokens < 0) {
            time.sleep(Duration.ofNanos((long) (-tokens / limits.perSecond() * NANOS)));
            fill();
        }
    }

    private void fill() {
        long now = time.nanoTime();
        tokens = Math.min(limits.burst(), tokens + (now - filled) / NANOS * limits.perSecond());
        filled = now;
    }
}
