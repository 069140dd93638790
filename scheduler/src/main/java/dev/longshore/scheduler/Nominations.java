package dev.longshore.scheduler;

import dev.longshore.scheduler.framework.PodView;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Which nodes are being cleared for which pods: room there that is about to be free is theirs, and no less
/// important pod's. Thread-safe.
final class Nominations {

    private record Nominated(PodView pod, String node) {}

    private final Map<String, Nominated> byPod = new HashMap<>();

    /// `node` is being cleared for `pod`.
    synchronized void put(PodView pod, String node) {
        byPod.put(pod.uid(), new Nominated(pod, node));
    }

    /// No node is being cleared for `uid` any more.
    synchronized void remove(String uid) {
        byPod.remove(uid);
    }

    /// The node that is being cleared for `uid`.
    synchronized Optional<String> node(String uid) {
        return Optional.ofNullable(byPod.get(uid)).map(Nominated::node);
    }

    /// For whom `node` is being cleared who is at least as important as `pod`, and another.
    synchronized List<PodView> before(PodView pod, String node) {
        return byPod.isEmpty()
                ? List.of()
                : byPod.values().stream()
                        .filter(nominated -> nominated.node.equals(node))
                        .map(Nominated::pod)
                        .filter(other -> other.priority() >= pod.priority()
                                && !other.uid().equals(pod.uid()))
                        .toList();
    }

    /// For whom `node` is being cleared who is less important than `pod`.
    synchronized List<PodView> behind(PodView pod, String node) {
        return byPod.values().stream()
                .filter(nominated -> nominated.node.equals(node))
                .map(Nominated::pod)
                .filter(other -> other.priority() < pod.priority())
                .toList();
    }
}
