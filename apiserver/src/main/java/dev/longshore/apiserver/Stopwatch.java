package dev.longshore.apiserver;

import dev.longshore.apiserver.audit.AuditTrail;
import dev.longshore.base.Time;
import java.util.Optional;

/// Tells the trail of a request how long its parts took, one after another. For one thread at a time.
final class Stopwatch {

    private final Optional<AuditTrail> trail;
    private final Time time;
    private long since;

    Stopwatch(Optional<AuditTrail> trail, Time time) {
        this.trail = trail;
        this.time = time;
        restart();
    }

    void restart() {
        if (trail.isPresent()) {
            since = time.nanoTime();
        }
    }

    /// What went on since the last lap was `part`.
    void lap(String part) {
        if (trail.isPresent()) {
            long now = time.nanoTime();
            trail.get().took(part, now - since);
            since = now;
        }
    }
}
