package dev.longshore.controllers;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// A workload's pods as the autoscaler counts them, by name.
///
/// @param ready how many count fully
/// @param unready they do not work yet, or their CPU says nothing of their work
/// @param missing they run, and nothing is known of them
/// @param ignored they are going, or have failed
record PodGroups(int ready, Set<String> unready, Set<String> missing, Set<String> ignored) {

    private static final Duration CPU_INITIALIZATION = Duration.ofMinutes(5);
    private static final Duration FIRST_READINESS = Duration.ofSeconds(30);

    PodGroups {
        unready = Set.copyOf(unready);
        missing = Set.copyOf(missing);
        ignored = Set.copyOf(ignored);
    }

    /// @param resource what is measured; only of CPU it matters how long a pod has been ready
    static PodGroups of(List<Pod> pods, Map<String, PodUsage> usage, String resource, Instant now) {
        int ready = 0;
        var unready = new HashSet<String>();
        var missing = new HashSet<String>();
        var ignored = new HashSet<String>();
        for (Pod pod : pods) {
            String name = pod.getMetadata().getName();
            PodUsage used = usage.get(name);
            if (Keys.isBeingDeleted(pod) || Pods.phase(pod).equals("Failed")) {
                ignored.add(name);
            } else if (Pods.phase(pod).equals("Pending")) {
                unready.add(name);
            } else if (used == null) {
                missing.add(name);
            } else if (resource.equals("cpu") && isStarting(pod, used, now)) {
                unready.add(name);
            } else {
                ready++;
            }
        }
        return new PodGroups(ready, unready, missing, ignored);
    }

    /// What a program needs to start says nothing of what it needs to work.
    private static boolean isStarting(Pod pod, PodUsage used, Instant now) {
        Optional<PodCondition> ready = pod.getStatus().getConditions().stream()
                .filter(condition -> condition.getType().equals("Ready"))
                .findFirst();
        String startTime = pod.getStatus().getStartTime();
        if (ready.isEmpty() || startTime == null) {
            return true;
        }
        Instant started = Instant.parse(startTime);
        Instant changed = Optional.ofNullable(ready.get().getLastTransitionTime())
                .map(Instant::parse)
                .orElse(Instant.EPOCH);
        boolean isUnready = ready.get().getStatus().equals("False");
        if (started.plus(CPU_INITIALIZATION).isAfter(now)) {
            return isUnready || used.at().isBefore(changed.plus(used.window()));
        }
        return isUnready && started.plus(FIRST_READINESS).isAfter(changed);
    }
}
