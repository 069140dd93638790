package dev.longshore.controllers;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSetStatus;
import io.fabric8.kubernetes.api.model.apps.StatefulSetStatusBuilder;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// What is to be done for a StatefulSet now. Pods come in order of their ordinals, each once the one before is
/// available; they go, and are updated, in the opposite order. With `Parallel` management coming and going do
/// not wait for each other; updating still does.
///
/// @param create ordinals without a pod, and the revision each is to be made of
/// @param delete pods to take away now
/// @param condemned pods beyond the wanted number, whether deleted now or later
record StatefulPlan(
        SortedMap<Integer, String> create, List<Pod> delete, List<Pod> condemned, StatefulSetStatus status) {

    /// @param current the revision that pods below the partition keep
    /// @param update the revision of the newest template
    static StatefulPlan of(StatefulSet set, List<Pod> pods, String current, String update, Instant now) {
        return new Draft(set, pods, current, update, now).plan();
    }

    private static final class Draft {
        private final StatefulSet set;
        private final String current;
        private final String update;
        private final Instant now;
        private final int start;
        private final int replicas;
        private final boolean isOrdered;
        private final TreeMap<Integer, Pod> wanted = new TreeMap<>();
        private final TreeMap<Integer, Pod> condemned = new TreeMap<>(Comparator.reverseOrder());
        private final TreeMap<Integer, String> create = new TreeMap<>();
        private final List<Pod> delete = new ArrayList<>();

        Draft(StatefulSet set, List<Pod> pods, String current, String update, Instant now) {
            this.set = set;
            this.current = current;
            this.update = update;
            this.now = now;
            var ordinals = set.getSpec().getOrdinals();
            this.start = ordinals == null || ordinals.getStart() == null ? 0 : ordinals.getStart();
            this.replicas =
                    set.getSpec().getReplicas() == null ? 1 : set.getSpec().getReplicas();
            this.isOrdered = !"Parallel".equals(set.getSpec().getPodManagementPolicy());
            for (Pod pod : pods) {
                StatefulPods.ordinal(set, pod)
                        .ifPresent(ordinal -> (ordinal >= start && ordinal < start + replicas ? wanted : condemned)
                                .put(ordinal, pod));
            }
        }

        StatefulPlan plan() {
            if (!Keys.isBeingDeleted(set) && fill() && shrink() && !"OnDelete".equals(strategy())) {
                roll();
            }
            return new StatefulPlan(create, delete, List.copyOf(condemned.values()), status());
        }

        /// False if what is missing must come first.
        private boolean fill() {
            boolean isWhole = true;
            for (int ordinal = start; ordinal < start + replicas; ordinal++) {
                Pod pod = wanted.get(ordinal);
                boolean isSound = false;
                if (pod == null) {
                    create.put(ordinal, revisionFor(ordinal));
                } else if (Pods.isTerminal(pod) && !Keys.isBeingDeleted(pod)) {
                    delete.add(pod);
                } else {
                    isSound = isAvailable(pod);
                    if (!isOrdered) {
                        continue;
                    }
                }
                if (isOrdered && !isSound) {
                    return false;
                }
                isWhole &= isSound;
            }
            return isWhole;
        }

        /// False if what is too much must go first.
        private boolean shrink() {
            if (!isOrdered) {
                condemned.values().stream()
                        .filter(pod -> !Keys.isBeingDeleted(pod))
                        .forEach(delete::add);
                return condemned.isEmpty();
            }
            if (condemned.isEmpty()) {
                return true;
            }
            Pod last = condemned.firstEntry().getValue();
            boolean someoneGoes = condemned.values().stream().anyMatch(Keys::isBeingDeleted);
            if (!someoneGoes) {
                delete.add(last);
            }
            return false;
        }

        private void roll() {
            for (var entry :
                    wanted.tailMap(start + partition(), true).descendingMap().entrySet()) {
                Pod pod = entry.getValue();
                if (Keys.isBeingDeleted(pod)) {
                    return;
                }
                if (!StatefulPods.revision(pod).equals(update)) {
                    delete.add(pod);
                    return;
                }
                if (!isAvailable(pod)) {
                    return;
                }
            }
        }

        private String revisionFor(int ordinal) {
            if ("OnDelete".equals(strategy())) {
                return update;
            }
            int kept = rollingPartition() == null ? currentReplicas() : rollingPartition();
            return ordinal < start + kept ? current : update;
        }

        private int currentReplicas() {
            StatefulSetStatus status = set.getStatus();
            return status == null || status.getCurrentReplicas() == null ? 0 : status.getCurrentReplicas();
        }

        private int partition() {
            return rollingPartition() == null ? 0 : rollingPartition();
        }

        private Integer rollingPartition() {
            var strategy = set.getSpec().getUpdateStrategy();
            return strategy == null || strategy.getRollingUpdate() == null
                    ? null
                    : strategy.getRollingUpdate().getPartition();
        }

        private String strategy() {
            return set.getSpec().getUpdateStrategy() == null
                    ? "RollingUpdate"
                    : set.getSpec().getUpdateStrategy().getType();
        }

        private boolean isAvailable(Pod pod) {
            return Pods.isActive(pod) && Pods.isAvailable(pod, minReadySeconds(), now);
        }

        private int minReadySeconds() {
            return set.getSpec().getMinReadySeconds() == null
                    ? 0
                    : set.getSpec().getMinReadySeconds();
        }

        private StatefulSetStatus status() {
            List<Pod> all = new ArrayList<>(wanted.values());
            all.addAll(condemned.values());
            List<Pod> active =
                    all.stream().filter(pod -> !Keys.isBeingDeleted(pod)).toList();
            int ready = (int) all.stream().filter(Pods::isReady).count();
            int updated = (int) active.stream()
                    .filter(pod -> StatefulPods.revision(pod).equals(update))
                    .count();
            int kept = (int) active.stream()
                    .filter(pod -> StatefulPods.revision(pod).equals(current))
                    .count();
            boolean isRolledOut = !"OnDelete".equals(strategy())
                    && updated == replicas
                    && all.size() == replicas
                    && ready == replicas;
            return new StatefulSetStatusBuilder(set.getStatus() == null ? new StatefulSetStatus() : set.getStatus())
                    .withObservedGeneration(set.getMetadata().getGeneration())
                    .withReplicas(all.size())
                    .withReadyReplicas(positive(ready))
                    .withAvailableReplicas((int) all.stream()
                            .filter(pod -> Pods.isAvailable(pod, minReadySeconds(), now))
                            .count())
                    .withCurrentReplicas(positive(isRolledOut ? updated : kept))
                    .withUpdatedReplicas(positive(updated))
                    .withCurrentRevision(isRolledOut ? update : current)
                    .withUpdateRevision(update)
                    .withCollisionCount(0)
                    .build();
        }

        /// Optional counts of zero are left out, as Kubernetes does.
        private static Integer positive(int count) {
            return count == 0 ? null : count;
        }
    }
}
