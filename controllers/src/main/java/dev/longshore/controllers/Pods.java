package dev.longshore.controllers;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// What controllers ask of pods.
final class Pods {

    private Pods() {}

    static String phase(Pod pod) {
        return pod.getStatus() == null || pod.getStatus().getPhase() == null
                ? "Pending"
                : pod.getStatus().getPhase();
    }

    /// Ended for good.
    static boolean isTerminal(Pod pod) {
        return phase(pod).equals("Succeeded") || phase(pod).equals("Failed");
    }

    /// Counts as a replica.
    static boolean isActive(Pod pod) {
        return !isTerminal(pod) && !Keys.isBeingDeleted(pod);
    }

    /// Deleted, and not ended yet.
    static boolean isTerminating(Pod pod) {
        return !isTerminal(pod) && Keys.isBeingDeleted(pod);
    }

    static boolean isReady(Pod pod) {
        return readyCondition(pod)
                .filter(ready -> ready.getStatus().equals("True"))
                .isPresent();
    }

    /// Since when it is ready.
    static Optional<Instant> readySince(Pod pod) {
        return readyCondition(pod)
                .filter(ready -> ready.getStatus().equals("True"))
                .map(PodCondition::getLastTransitionTime)
                .map(Instant::parse);
    }

    /// Ready for at least `minReadySeconds`.
    static boolean isAvailable(Pod pod, int minReadySeconds, Instant now) {
        return isReady(pod)
                && (minReadySeconds == 0
                        || readySince(pod)
                                .filter(since -> !since.plus(Duration.ofSeconds(minReadySeconds))
                                        .isAfter(now))
                                .isPresent());
    }

    /// When the first of `pods` that are ready, but not for long enough, will have been: nothing else tells.
    static Optional<Duration> untilAvailable(List<Pod> pods, Integer minReadySeconds, Instant now) {
        return minReadySeconds == null || minReadySeconds == 0
                ? Optional.empty()
                : pods.stream()
                        .flatMap(pod -> readySince(pod).stream())
                        .map(since -> Duration.between(now, since.plusSeconds(minReadySeconds)))
                        .filter(Duration::isPositive)
                        .min(Duration::compareTo);
    }

    private static Optional<PodCondition> readyCondition(Pod pod) {
        return pod.getStatus() == null
                ? Optional.empty()
                : pod.getStatus().getConditions().stream()
                        .filter(condition -> condition.getType().equals("Ready"))
                        .findFirst();
    }
}
