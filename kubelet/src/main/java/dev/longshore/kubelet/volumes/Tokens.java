package dev.longshore.kubelet.volumes;

import dev.longshore.base.Time;
import dev.longshore.kubelet.cluster.ConfigApi;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// Keeps the ServiceAccount tokens of pods and has them renewed before they end: after four fifths of their
/// life, or a day. Thread-safe.
final class Tokens {

    private static final Duration LONGEST_USE = Duration.ofHours(24);

    private final ConfigApi config;
    private final Time time;
    private final Map<Key, Held> held = new ConcurrentHashMap<>();

    Tokens(ConfigApi config, Time time) {
        this.config = config;
        this.time = time;
    }

    /// The token that stands at `place` in the pod's volumes.
    String token(Pod pod, String place, String audience, Duration life) {
        var key = new Key(pod.getMetadata().getUid(), place);
        Held known = held.get(key);
        Instant now = time.now();
        if (known != null && now.isBefore(known.renewAt())) {
            return known.token().value();
        }
        ConfigApi.Token fresh;
        try {
            fresh = config.token(pod, audience, life);
        } catch (RuntimeException failure) {
            if (known != null && now.isBefore(known.token().expires())) {
                // Still good; the next look tries again.
                return known.token().value();
            }
            throw new VolumeException("failed to fetch token: " + failure.getMessage(), failure);
        }
        Duration span = Duration.between(now, fresh.expires());
        Duration use = span.multipliedBy(4).dividedBy(5);
        held.put(key, new Held(fresh, now.plus(use.compareTo(LONGEST_USE) > 0 ? LONGEST_USE : use)));
        return fresh.value();
    }

    /// Forgets the tokens of a pod.
    void forget(String podUid) {
        held.keySet().removeIf(key -> key.podUid().equals(podUid));
    }

    private record Key(String podUid, String place) {}

    private record Held(ConfigApi.Token token, Instant renewAt) {}
}
