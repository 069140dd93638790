package dev.longshore.kubelet.volumes;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// When volumes of one pod that could not be had are tried again: half a second after the first failure and twice as
/// long after each further one, up to two minutes and two seconds, each volume for itself (the original's
/// goroutinemap/exponentialbackoff). Not thread-safe.
final class MountRetries {

    static final Duration FIRST = Duration.ofMillis(500);
    static final Duration LONGEST = Duration.ofSeconds(122);

    /// A claim that is not ready yet costs no operation: the kubelet looks again in every sync.
    static final Duration LONGEST_FOR_CLAIMS = Duration.ofSeconds(10);

    private final Map<String, Wait> waits = new HashMap<>();

    /// Whether `volume` has failed so lately that it is left alone at `now`.
    boolean isHeld(String volume, Instant now) {
        Wait wait = waits.get(volume);
        return wait != null && now.isBefore(wait.until());
    }

    /// `volume` has failed at `now`.
    void failed(String volume, Instant now, Duration longest) {
        Wait before = waits.get(volume);
        Duration doubled = before == null ? FIRST : before.delay().multipliedBy(2);
        Duration delay = doubled.compareTo(longest) > 0 ? longest : doubled;
        waits.put(volume, new Wait(now.plus(delay), delay));
    }

    void succeeded(String volume) {
        waits.remove(volume);
    }

    /// When the first of `volumes` may be tried again; empty when none of them is held.
    Optional<Instant> next(Collection<String> volumes) {
        return volumes.stream()
                .map(waits::get)
                .filter(wait -> wait != null)
                .map(Wait::until)
                .min(Instant::compareTo);
    }

    private record Wait(Instant until, Duration delay) {}
}
