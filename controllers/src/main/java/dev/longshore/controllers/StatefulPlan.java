package dev.longshore.controllers;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.RollingUpdateStatefulSetStrategy;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSetStatus;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/// What is to be done for a StatefulSet now. Pods come in order of their ordinals, each once the one before is
/// available; they go, and are updated, in the opposite order. With `Parallel` management coming and going do
/// not wait for each other; updating still does. Done in this order; a part that fails leaves the rest for the
/// next time.
///
/// @param fill what the wanted ordinals need, the lowest first
/// @param condemned pods beyond the wanted number, whose claims are seen to, the highest first
/// @param withdraw those of them to delete now
/// @param update pods of an older template to delete now
record StatefulPlan(
        List<Step> fill, List<Pod> condemned, List<Pod> withdraw, List<Pod> update, StatefulSetStatus status) {

    /// What one ordinal needs.
    sealed interface Step {
        /// A pod, made of a revision.
        record Create(int ordinal, String revision) implements Step {}

        /// That its pod, which has ended, goes.
        record Remove(Pod pod) implements Step {}

        /// That its pod is what it should be.
        ///
        /// @param needsClaims whether it waits, perhaps for claims that are not there
        /// @param isRepaired whether its labels and its claims' owners are looked at, too
        record Tend(Pod pod, boolean needsClaims, boolean isRepaired) implements Step {}
    }

    /// @param current the revision that pods below the partition keep
    /// @param update the revision of the newest template
    static StatefulPlan of(
            StatefulSet set, List<Pod> pods, String current, String update, int collisions, Instant now) {
        var draft = new Draft(set, pods, current, update, now);
        if (!Keys.isBeingDeleted(set) && draft.fill() && draft.shrink() && draft.isRolling()) {
            draft.roll();
        }
        StatefulSetStatus status =
                StatefulStatuses.of(set, pods, new StatefulStatuses.Revisions(current, update, collisions), now);
        StatefulStatuses.settle(set, status, draft.update.size());
        return new StatefulPlan(draft.fill, draft.condemnedClaims, draft.withdraw, draft.update, status);
    }

    private static final class Draft {
        private final StatefulSet set;
        private final String currentRevision;
        private final String updateRevision;
        private final Instant now;
        private final int start;
        private final int replicas;
        private final boolean isOrdered;
        private final TreeMap<Integer, Pod> wanted = new TreeMap<>();
        private final TreeMap<Integer, Pod> condemned = new TreeMap<>(Comparator.reverseOrder());
        private final List<Step> fill = new ArrayList<>();
        private final List<Pod> condemnedClaims = new ArrayList<>();
        private final List<Pod> withdraw = new ArrayList<>();
        private final List<Pod> update = new ArrayList<>();

        Draft(StatefulSet set, List<Pod> pods, String current, String update, Instant now) {
            this.set = set;
            this.currentRevision = current;
            this.updateRevision = update;
            this.now = now;
            this.start = StatefulPods.start(set);
            this.replicas = StatefulPods.replicas(set);
            this.isOrdered = !"Parallel".equals(set.getSpec().getPodManagementPolicy());
            for (Pod pod : pods) {
                StatefulPods.ordinal(set, pod)
                        .ifPresent(ordinal -> (StatefulPods.isWanted(set, pod) ? wanted : condemned).put(ordinal, pod));
            }
        }

        /// False if what is missing must come first.
        private boolean fill() {
            for (int ordinal = start; ordinal < start + replicas; ordinal++) {
                Pod pod = wanted.get(ordinal);
                if (pod == null) {
                    fill.add(new Step.Create(ordinal, revisionFor(ordinal)));
                } else if (Pods.isTerminal(pod)) {
                    if (!Keys.isBeingDeleted(pod)) {
                        fill.add(new Step.Remove(pod));
                    }
                } else {
                    boolean isRepaired = !isOrdered || isSound(pod);
                    fill.add(new Step.Tend(pod, Pods.phase(pod).equals("Pending"), isRepaired));
                }
                if (isOrdered && (pod == null || !isSound(pod))) {
                    return false;
                }
            }
            return true;
        }

        /// False if what is too much must go first.
        private boolean shrink() {
            condemnedClaims.addAll(condemned.values());
            if (!isOrdered) {
                condemned.values().stream()
                        .filter(pod -> !Keys.isBeingDeleted(pod))
                        .forEach(withdraw::add);
                return true;
            }
            if (condemned.isEmpty()) {
                return true;
            }
            Pod last = condemned.firstEntry().getValue();
            Optional<Pod> firstUnavailable = condemned.descendingMap().values().stream()
                    .filter(this::isUnavailable)
                    .findFirst();
            // One that is broken may go, but not before broken ones of lower ordinals: these were there first.
            boolean mayGo = !Keys.isBeingDeleted(last) && (isSound(last) || last == firstUnavailable.orElse(null));
            if (mayGo) {
                withdraw.add(last);
            }
            return false;
        }

        private void roll() {
            Optional<Integer> limit = rolling()
                    .map(RollingUpdateStatefulSetStrategy::getMaxUnavailable)
                    .map(value -> Math.max(1, RolloutPlan.scaled(value, replicas, false)));
            if (limit.isPresent()) {
                rollSeveral(limit.get());
            } else {
                rollOne();
            }
        }

        private void rollOne() {
            for (int ordinal = start + replicas - 1; ordinal >= start + partition(); ordinal--) {
                Pod pod = wanted.get(ordinal);
                if (pod != null && isOutdated(pod)) {
                    update.add(pod);
                    return;
                }
                if (pod == null || isUnavailable(pod)) {
                    return;
                }
            }
        }

        /// As many at once as may be unavailable, those included that are so already.
        private void rollSeveral(int limit) {
            int unavailable = replicas
                    - (int) wanted.values().stream()
                            .filter(pod -> !isUnavailable(pod))
                            .count();
            for (int ordinal = start + replicas - 1; ordinal >= start + partition(); ordinal--) {
                Pod pod = wanted.get(ordinal);
                if (pod != null && isOutdated(pod) && unavailable + update.size() < limit) {
                    update.add(pod);
                }
            }
        }

        private boolean isOutdated(Pod pod) {
            return !StatefulPods.revision(pod).equals(updateRevision) && !Keys.isBeingDeleted(pod);
        }

        private String revisionFor(int ordinal) {
            if (!isRolling()) {
                return updateRevision;
            }
            int kept = rolling().isEmpty() ? currentReplicas() : partition();
            return ordinal < start + kept ? currentRevision : updateRevision;
        }

        private int currentReplicas() {
            StatefulSetStatus status = set.getStatus();
            return status == null || status.getCurrentReplicas() == null ? 0 : status.getCurrentReplicas();
        }

        private int partition() {
            return rolling().map(RollingUpdateStatefulSetStrategy::getPartition).orElse(0);
        }

        private Optional<RollingUpdateStatefulSetStrategy> rolling() {
            return Optional.ofNullable(set.getSpec().getUpdateStrategy()).map(strategy -> strategy.getRollingUpdate());
        }

        private boolean isRolling() {
            return StatefulPods.isRolling(set);
        }

        /// Running, ready for long enough, and not on its way out.
        private boolean isSound(Pod pod) {
            return Pods.phase(pod).equals("Running") && !isUnavailable(pod);
        }

        private boolean isUnavailable(Pod pod) {
            return Keys.isBeingDeleted(pod) || !Pods.isAvailable(pod, StatefulPods.minReadySeconds(set), now);
        }
    }
}
