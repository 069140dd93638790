package dev.longshore.controllers;

import io.fabric8.kubernetes.api.model.Pod;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A step of the rollout of a DaemonSet's new template: no more nodes at once without a pod, or with two, than
/// may be.
///
/// @param create nodes that get a second pod
/// @param delete old pods that go
record DaemonRollout(List<String> create, List<Pod> delete) {

    static DaemonRollout of(DaemonNodes nodes) {
        return nodes.maxSurge() == 0 ? replacing(nodes) : surging(nodes);
    }

    /// The pods of one node: at most one of each kind.
    private record Pair(Pod fresh, Pod old) {}

    /// The old pod goes, then a new one comes. Old ones that serve nobody go at once.
    private static DaemonRollout replacing(DaemonNodes nodes) {
        int unavailable = 0;
        var broken = new ArrayList<Pod>();
        var candidates = new ArrayList<Pod>();
        for (String node : nodes.concerned()) {
            Optional<Pair> only = pair(nodes, node).filter(each -> (each.fresh == null) != (each.old == null));
            if (only.isEmpty()) {
                unavailable++;
                continue;
            }
            Pair pair = only.get();
            if (pair.fresh != null) {
                unavailable += nodes.isAvailable(pair.fresh) ? 0 : 1;
            } else if (nodes.isAvailable(pair.old)) {
                candidates.add(pair.old);
            } else {
                broken.add(pair.old);
                unavailable++;
            }
        }
        int room = Math.max(0, nodes.maxUnavailable() - unavailable);
        candidates.stream().limit(room).forEach(broken::add);
        return new DaemonRollout(List.of(), broken);
    }

    /// The new pod comes, and when it is available the old one goes.
    private static DaemonRollout surging(DaemonNodes nodes) {
        int surging = 0;
        int available = 0;
        var create = new ArrayList<String>();
        var candidates = new ArrayList<String>();
        var delete = new ArrayList<Pod>();
        var misplaced = new ArrayList<Pod>();
        for (String node : nodes.concerned()) {
            Optional<Pair> found = pair(nodes, node);
            if (found.isEmpty()) {
                surging++;
                continue;
            }
            Pair pair = found.get();
            Pod counted = pair.old == null ? pair.fresh : pair.old;
            boolean isAvailable = counted != null && nodes.isAvailable(counted);
            available += isAvailable ? 1 : 0;
            if (pair.old == null) {
                continue;
            }
            if (pair.fresh != null) {
                if (nodes.isAvailable(pair.fresh)) {
                    delete.add(pair.old);
                } else {
                    surging++;
                }
            } else if (!nodes.shouldRun(node)) {
                (isAvailable ? misplaced : delete).add(pair.old);
            } else {
                // Where nothing is lost it need not count as a surge.
                (isAvailable ? candidates : create).add(node);
            }
        }
        candidates.stream().limit(Math.max(0, nodes.maxSurge() - surging)).forEach(create::add);
        misplaced.stream().limit(Math.max(0, available - nodes.desired())).forEach(delete::add);
        return new DaemonRollout(create, delete);
    }

    /// Empty if there are two of a kind, which [DaemonPlan] will see to.
    private static Optional<Pair> pair(DaemonNodes nodes, String node) {
        Pod fresh = null;
        Pod old = null;
        for (Pod pod : nodes.on(node)) {
            if (Keys.isBeingDeleted(pod)) {
                continue;
            }
            boolean isFresh = nodes.isUpdated(pod);
            if ((isFresh ? fresh : old) != null) {
                return Optional.empty();
            }
            fresh = isFresh ? pod : fresh;
            old = isFresh ? old : pod;
        }
        return Optional.of(new Pair(fresh, old));
    }
}
