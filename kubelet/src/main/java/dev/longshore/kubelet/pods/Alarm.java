package dev.longshore.kubelet.pods;

import java.time.Instant;
import java.util.Optional;

/// Collects when a worker must look again: the earliest of what its steps ask for.
final class Alarm {

    private Optional<Instant> at = Optional.empty();

    void by(Instant moment) {
        if (at.isEmpty() || moment.isBefore(at.get())) {
            at = Optional.of(moment);
        }
    }

    Optional<Instant> at() {
        return at;
    }
}
