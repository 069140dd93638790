package dev.longshore.controllers;

import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.DaemonSetStatus;
import io.fabric8.kubernetes.api.model.apps.DaemonSetStatusBuilder;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// What is to be done for a DaemonSet, worked out from nodes and pods.
///
/// @param create nodes that need a pod
/// @param delete pods that are not wanted
/// @param failed those of them that have ended and are to be replaced
record DaemonPlan(Set<String> create, Set<Pod> delete, Set<Pod> failed, DaemonSetStatus status) {

    /// @param hash of the newest template
    static DaemonPlan of(DaemonSet set, List<Node> nodes, List<Pod> pods, String hash, Instant now) {
        var draft = new Draft(set, nodes, pods, hash, now);
        draft.manage();
        if (!"OnDelete".equals(draft.strategy())) {
            draft.update();
        }
        return new DaemonPlan(draft.create, draft.delete, draft.failed, draft.status());
    }

    private static final class Draft {
        private final DaemonSet set;
        private final String hash;
        private final Instant now;
        private final int minReady;
        private final Map<String, NodeFit> fits = new LinkedHashMap<>();
        private final Map<String, List<Pod>> byNode = new LinkedHashMap<>();
        private final Set<String> create = new LinkedHashSet<>();
        private final Set<Pod> delete = new LinkedHashSet<>();
        private final Set<Pod> failed = new LinkedHashSet<>();

        Draft(DaemonSet set, List<Node> nodes, List<Pod> pods, String hash, Instant now) {
            this.set = set;
            this.hash = hash;
            this.now = now;
            this.minReady = set.getSpec().getMinReadySeconds() == null
                    ? 0
                    : set.getSpec().getMinReadySeconds();
            var spec = set.getSpec().getTemplate().getSpec();
            var tolerations = DaemonPods.tolerations(set);
            nodes.forEach(node -> fits.put(node.getMetadata().getName(), NodeFit.of(spec, tolerations, node)));
            pods.forEach(pod -> DaemonPods.node(pod)
                    .ifPresent(node -> byNode.computeIfAbsent(node, absent -> new ArrayList<>())
                            .add(pod)));
        }

        /// One pod on each node that should have one, none on the others.
        void manage() {
            fits.forEach((node, fit) -> {
                List<Pod> present = pods(node);
                if (fit.shouldRun() && present.isEmpty()) {
                    create.add(node);
                } else if (!fit.mayStay()) {
                    present.stream().filter(pod -> !Keys.isBeingDeleted(pod)).forEach(delete::add);
                } else {
                    tidy(present);
                }
            });
            // A pod that waits for a node that is gone will never be scheduled.
            byNode.forEach((node, present) -> {
                if (!fits.containsKey(node)) {
                    present.stream()
                            .filter(pod -> pod.getSpec().getNodeName() == null && !Keys.isBeingDeleted(pod))
                            .forEach(delete::add);
                }
            });
        }

        private void tidy(List<Pod> present) {
            present.stream()
                    .filter(pod -> Pods.phase(pod).equals("Failed") && !Keys.isBeingDeleted(pod))
                    .forEach(failed::add);
            delete.addAll(failed);
            List<Pod> running = present.stream().filter(Pods::isActive).toList();
            if (maxSurge() == 0) {
                surplus(running);
            } else {
                surplus(running.stream()
                        .filter(pod -> DaemonPods.isOf(pod, hash))
                        .toList());
                surplus(running.stream()
                        .filter(pod -> !DaemonPods.isOf(pod, hash))
                        .toList());
            }
        }

        private void surplus(List<Pod> running) {
            running.stream()
                    .sorted(Comparator.comparing((Pod pod) -> pod.getSpec().getNodeName() == null)
                            .thenComparing(pod -> pod.getMetadata().getCreationTimestamp()))
                    .skip(1)
                    .forEach(delete::add);
        }

        /// Replaces pods of older templates, no more at once than may be missing or may be there twice.
        void update() {
            if (maxSurge() > 0) {
                surge();
            } else {
                replace();
            }
        }

        private void replace() {
            int unavailable = 0;
            var broken = new ArrayList<Pod>();
            var candidates = new ArrayList<Pod>();
            for (String node : wantedNodes()) {
                List<Pod> running = running(node);
                if (running.isEmpty()) {
                    unavailable++;
                    continue;
                }
                Pod pod = running.getFirst();
                boolean isAvailable = Pods.isAvailable(pod, minReady, now);
                unavailable += isAvailable ? 0 : 1;
                if (!DaemonPods.isOf(pod, hash)) {
                    (isAvailable ? candidates : broken).add(pod);
                }
            }
            delete.addAll(broken);
            candidates.stream()
                    .limit(Math.max(0, maxUnavailable() - unavailable))
                    .forEach(delete::add);
        }

        private void surge() {
            int surging = 0;
            var waiting = new ArrayList<String>();
            for (String node : wantedNodes()) {
                List<Pod> running = running(node);
                List<Pod> old = running.stream()
                        .filter(pod -> !DaemonPods.isOf(pod, hash))
                        .toList();
                List<Pod> fresh = running.stream()
                        .filter(pod -> DaemonPods.isOf(pod, hash))
                        .toList();
                boolean isFreshAvailable = fresh.stream().anyMatch(pod -> Pods.isAvailable(pod, minReady, now));
                if (old.isEmpty()) {
                    continue;
                }
                if (isFreshAvailable) {
                    delete.addAll(old);
                } else if (!fresh.isEmpty()) {
                    surging++;
                } else if (old.stream().noneMatch(pod -> Pods.isAvailable(pod, minReady, now))) {
                    // Nothing to lose here: it need not count as a surge.
                    create.add(node);
                } else {
                    waiting.add(node);
                }
            }
            waiting.stream().limit(Math.max(0, maxSurge() - surging)).forEach(create::add);
        }

        private List<String> wantedNodes() {
            return fits.entrySet().stream()
                    .filter(fit -> fit.getValue().shouldRun())
                    .map(Map.Entry::getKey)
                    .toList();
        }

        private List<Pod> pods(String node) {
            return byNode.getOrDefault(node, List.of());
        }

        private List<Pod> running(String node) {
            return pods(node).stream()
                    .filter(pod -> Pods.isActive(pod) && !delete.contains(pod))
                    .toList();
        }

        private int maxSurge() {
            var rolling = set.getSpec().getUpdateStrategy() == null
                    ? null
                    : set.getSpec().getUpdateStrategy().getRollingUpdate();
            return rolling == null ? 0 : scaled(rolling.getMaxSurge(), 0);
        }

        private int maxUnavailable() {
            var rolling = set.getSpec().getUpdateStrategy() == null
                    ? null
                    : set.getSpec().getUpdateStrategy().getRollingUpdate();
            return rolling == null ? 1 : scaled(rolling.getMaxUnavailable(), 1);
        }

        private int scaled(IntOrString value, int otherwise) {
            return value == null
                    ? otherwise
                    : RolloutPlan.scaled(value, wantedNodes().size(), true);
        }

        String strategy() {
            return set.getSpec().getUpdateStrategy() == null
                    ? "RollingUpdate"
                    : set.getSpec().getUpdateStrategy().getType();
        }

        DaemonSetStatus status() {
            int current = 0;
            int ready = 0;
            int available = 0;
            int updated = 0;
            int misplaced = 0;
            for (var entry : fits.entrySet()) {
                List<Pod> present = pods(entry.getKey());
                if (!entry.getValue().shouldRun()) {
                    misplaced += present.isEmpty() ? 0 : 1;
                    continue;
                }
                current += present.isEmpty() ? 0 : 1;
                ready += present.stream().anyMatch(Pods::isReady) ? 1 : 0;
                available += present.stream().anyMatch(pod -> Pods.isAvailable(pod, minReady, now)) ? 1 : 0;
                updated += present.stream().anyMatch(pod -> DaemonPods.isOf(pod, hash)) ? 1 : 0;
            }
            int desired = wantedNodes().size();
            return new DaemonSetStatusBuilder(set.getStatus() == null ? new DaemonSetStatus() : set.getStatus())
                    .withObservedGeneration(set.getMetadata().getGeneration())
                    .withDesiredNumberScheduled(desired)
                    .withCurrentNumberScheduled(current)
                    .withNumberMisscheduled(misplaced)
                    .withNumberReady(ready)
                    .withUpdatedNumberScheduled(positive(updated))
                    .withNumberAvailable(positive(available))
                    .withNumberUnavailable(positive(desired - available))
                    .build();
        }

        /// Optional counts of zero are left out, as Kubernetes does.
        private static Integer positive(int count) {
            return count == 0 ? null : count;
        }
    }
}
