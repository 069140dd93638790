package dev.longshore.scheduler;

import dev.longshore.scheduler.framework.PodView;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// What a test says of pods, by their names.
final class FixedPods implements PreemptionFacts {

    final Set<String> peaceful = new HashSet<>();
    final Set<String> makingRoom = new HashSet<>();
    final Map<String, Instant> started = new HashMap<>();
    final List<PodDisruptionBudget> budgets = new ArrayList<>();

    @Override
    public boolean mayPreempt(PodView pod) {
        return !peaceful.contains(pod.name());
    }

    @Override
    public boolean isMakingRoom(PodView pod) {
        return makingRoom.contains(pod.name());
    }

    @Override
    public Instant startedAt(PodView pod) {
        return started.getOrDefault(pod.name(), Instant.EPOCH);
    }

    @Override
    public List<PodDisruptionBudget> budgets() {
        return budgets;
    }
}
