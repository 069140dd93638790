package dev.longshore.controllers;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.Service;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// When that happened for which endpoints change: the earliest of the changes of a Service's pods since the last
/// look, by which others measure how late endpoints are. Thread-safe for different Services.
final class TriggerTimes {

    /// The annotation that carries it.
    static final String ANNOTATION = "endpoints.kubernetes.io/last-change-trigger-time";

    private final Map<String, Seen> services = new ConcurrentHashMap<>();

    private record Seen(Instant service, Map<String, Instant> pods) {}

    /// Looks at `service` and its `pods`.
    ///
    /// @return the time to say; empty when nothing happened
    Optional<Instant> look(Service service, List<Pod> pods) {
        Instant made = Instant.parse(service.getMetadata().getCreationTimestamp());
        Seen before = services.get(Keys.of(service));
        var times = new HashMap<String, Instant>();
        pods.forEach(pod ->
                readiness(pod).ifPresent(time -> times.put(pod.getMetadata().getName(), time)));
        services.put(Keys.of(service), new Seen(made, times));
        if (before == null) {
            return Optional.of(made);
        }
        Optional<Instant> first = times.entrySet().stream()
                .filter(entry -> entry.getValue().isAfter(before.pods.getOrDefault(entry.getKey(), Instant.MIN)))
                .map(Map.Entry::getValue)
                .min(Instant::compareTo);
        return made.isAfter(before.service)
                ? Optional.of(first.filter(made::isAfter).orElse(made))
                : first;
    }

    /// The Service of this key is gone.
    void forget(String key) {
        services.remove(key);
    }

    private static Optional<Instant> readiness(Pod pod) {
        return pod.getStatus() == null
                ? Optional.empty()
                : pod.getStatus().getConditions().stream()
                        .filter(condition -> condition.getType().equals("Ready"))
                        .map(PodCondition::getLastTransitionTime)
                        .filter(Objects::nonNull)
                        .findFirst()
                        .map(Instant::parse);
    }
}
