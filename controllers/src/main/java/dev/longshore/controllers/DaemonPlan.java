package dev.longshore.controllers;

import io.fabric8.kubernetes.api.model.Pod;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/// What is to be done for a DaemonSet: first that each node has the pods that it should have; when nothing is
/// missing, nothing too much and nothing broken, a step of the rollout of a new template.
///
/// @param create nodes that need a pod
/// @param delete pods that are not wanted
/// @param again when to look again, for a failed pod that must not be replaced yet
record DaemonPlan(Set<String> create, Set<Pod> delete, List<Note> notes, Optional<Duration> again) {

    /// @param backoff how long to wait before the failed pod on a node may be replaced; zero counts as done
    static DaemonPlan of(DaemonNodes nodes, Function<String, Duration> backoff) {
        var draft = new Draft(nodes, backoff);
        draft.manage();
        if (draft.create.isEmpty() && draft.delete.isEmpty() && nodes.isRolling()) {
            DaemonRollout rollout = DaemonRollout.of(nodes);
            draft.create.addAll(rollout.create());
            draft.delete.addAll(rollout.delete());
        }
        return new DaemonPlan(draft.create, draft.delete, draft.notes, Optional.ofNullable(draft.again));
    }

    private static final class Draft {
        private final DaemonNodes nodes;
        private final Function<String, Duration> backoff;
        private final Set<String> create = new LinkedHashSet<>();
        private final Set<Pod> delete = new LinkedHashSet<>();
        private final List<Note> notes = new ArrayList<>();
        private Duration again;

        Draft(DaemonNodes nodes, Function<String, Duration> backoff) {
            this.nodes = nodes;
            this.backoff = backoff;
        }

        void manage() {
            nodes.fits().forEach((node, fit) -> {
                List<Pod> present = nodes.on(node);
                if (fit.shouldRun() && present.isEmpty()) {
                    create.add(node);
                } else if (fit.mayStay()) {
                    tidy(node, fit, living(node, present));
                } else {
                    present.stream().filter(pod -> !Keys.isBeingDeleted(pod)).forEach(delete::add);
                }
            });
            // A pod that waits for a node that is gone will never be scheduled.
            nodes.concerned().stream()
                    .filter(node -> !nodes.fits().containsKey(node))
                    .flatMap(node -> nodes.on(node).stream())
                    .filter(pod -> pod.getSpec().getNodeName() == null
                            || pod.getSpec().getNodeName().isEmpty())
                    .filter(pod -> !Keys.isBeingDeleted(pod))
                    .forEach(delete::add);
        }

        /// Those of `present` that neither have ended nor are to end; what has ended makes room.
        private List<Pod> living(String node, List<Pod> present) {
            var living = new ArrayList<Pod>();
            for (Pod pod : present) {
                if (Keys.isBeingDeleted(pod)) {
                    continue;
                }
                switch (Pods.phase(pod)) {
                    case "Failed" -> replaceFailed(node, pod);
                    case "Succeeded" -> {
                        notes.add(Note.normal(
                                "SucceededDaemonPod",
                                "Found succeeded daemon pod %s on node %s, will try to delete it"
                                        .formatted(Keys.of(pod), node)));
                        delete.add(pod);
                    }
                    default -> living.add(pod);
                }
            }
            return living;
        }

        private void replaceFailed(String node, Pod pod) {
            Duration wait = backoff.apply(node);
            if (wait.isPositive()) {
                again = again == null || wait.compareTo(again) < 0 ? wait : again;
                return;
            }
            notes.add(Note.warning(
                    "FailedDaemonPod",
                    "Found failed daemon pod %s on node %s, will try to kill it".formatted(Keys.of(pod), node)));
            delete.add(pod);
        }

        private void tidy(String node, NodeFit fit, List<Pod> living) {
            if (!nodes.allowsSurge()) {
                living.stream().skip(1).forEach(delete::add);
                return;
            }
            if (living.isEmpty() && fit.shouldRun()) {
                create.add(node);
            }
            if (living.size() > 1) {
                leaveTwo(living);
            }
        }

        /// One of the new template, one of an older: until the new one is available, or the old one is no use.
        private void leaveTwo(List<Pod> living) {
            List<Pod> fresh = living.stream().filter(nodes::hasHash).toList();
            List<Pod> old = living.stream().filter(pod -> !nodes.hasHash(pod)).toList();
            fresh.stream().skip(1).forEach(delete::add);
            old.stream().skip(1).forEach(delete::add);
            boolean isOldDone = !fresh.isEmpty()
                    && !old.isEmpty()
                    && (!Pods.isReady(old.getFirst()) || nodes.isAvailable(fresh.getFirst()));
            if (isOldDone) {
                delete.add(old.getFirst());
            }
        }
    }
}
