package dev.longshore.autoscaler;

import io.fabric8.kubernetes.api.model.Node;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/// How the nodes of a group, or of the whole cluster, are; each list holds names.
///
/// @param ready they work
/// @param unready they worked, or should have long ago
/// @param notStarted registered lately and never ready yet
/// @param deleted on their way out
/// @param unregistered made lately, not heard of yet
/// @param longUnregistered made so long ago that nobody will hear of them
record Readiness(
        List<String> ready,
        List<String> unready,
        List<String> notStarted,
        List<String> deleted,
        List<String> unregistered,
        List<String> longUnregistered) {

    /// Within which a node that has registered must be ready.
    static final Duration LONGEST_START = Duration.ofMinutes(15);

    static final Readiness NONE = new Readiness(List.of(), List.of(), List.of(), List.of(), List.of(), List.of());

    int registered() {
        return ready.size() + unready.size() + notStarted.size() + deleted.size();
    }

    /// Those that need not be waited for.
    int provisioned() {
        return ready.size() + unready.size();
    }

    /// How many nodes of a target are still to come.
    int upcoming(int target) {
        return Math.max(0, target - ready.size() - unready.size() - longUnregistered.size());
    }

    /// Sorts nodes into lists.
    static final class Count {
        private final List<String> ready = new ArrayList<>();
        private final List<String> unready = new ArrayList<>();
        private final List<String> notStarted = new ArrayList<>();
        private final List<String> deleted = new ArrayList<>();
        private final List<String> unregistered = new ArrayList<>();
        private final List<String> longUnregistered = new ArrayList<>();

        void add(Node node, boolean isDeleted, Instant now) {
            List<String> list;
            if (isDeleted) {
                list = deleted;
            } else if (NodeTraits.isReady(node)) {
                list = ready;
            } else {
                boolean isYoung = NodeTraits.created(node).plus(LONGEST_START).isAfter(now);
                list = isYoung ? notStarted : unready;
            }
            list.add(NodeTraits.name(node));
        }

        void addUnregistered(String name, boolean isLate) {
            (isLate ? longUnregistered : unregistered).add(name);
        }

        Readiness readiness() {
            return new Readiness(ready, unready, notStarted, deleted, unregistered, longUnregistered);
        }
    }
}
