package dev.longshore.controllers;

import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetStatus;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;

/// What a Deployment asks of its ReplicaSets.
final class ReplicaSets {

    /// The oldest first.
    static final Comparator<ReplicaSet> BY_AGE = Comparator.comparing(
                    (ReplicaSet set) -> set.getMetadata().getCreationTimestamp(),
                    Comparator.nullsLast(Comparator.naturalOrder()))
            .thenComparing(set -> set.getMetadata().getName());

    private ReplicaSets() {}

    /// How many pods it is asked for.
    static int replicas(ReplicaSet set) {
        return orZero(set.getSpec().getReplicas());
    }

    /// How many pods it is asked for, all together.
    static int replicas(List<ReplicaSet> sets) {
        return sets.stream().mapToInt(ReplicaSets::replicas).sum();
    }

    /// A count of its status, zero while there is none.
    static int count(ReplicaSet set, Function<ReplicaSetStatus, Integer> field) {
        return set.getStatus() == null ? 0 : orZero(field.apply(set.getStatus()));
    }

    static int sum(List<ReplicaSet> sets, Function<ReplicaSetStatus, Integer> field) {
        return sets.stream().mapToInt(set -> count(set, field)).sum();
    }

    static List<ReplicaSet> active(List<ReplicaSet> sets) {
        return sets.stream().filter(set -> replicas(set) > 0).toList();
    }

    static RolloutPlan.Member member(ReplicaSet set) {
        return new RolloutPlan.Member(
                set.getMetadata().getName(), replicas(set), count(set, ReplicaSetStatus::getAvailableReplicas));
    }

    static List<RolloutPlan.Member> members(List<ReplicaSet> sets) {
        return sets.stream().map(ReplicaSets::member).toList();
    }

    private static int orZero(Integer count) {
        return count == null ? 0 : count;
    }
}
