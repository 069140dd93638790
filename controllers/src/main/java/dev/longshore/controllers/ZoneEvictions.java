package dev.longshore.controllers;

import dev.longshore.base.Time;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeCondition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/// How fast nodes that are not ready may be emptied: each zone by itself, slower when much of it is ill, and not
/// at all when every zone is, since then it is more likely we who hear nothing. Not thread-safe.
final class ZoneEvictions {

    /// What became of a zone.
    enum State {
        NORMAL,
        /// More than half of it, and more than two nodes, are not ready.
        PARTIAL,
        /// No node is ready.
        FULL
    }

    private static final double ILL_SHARE = 0.55;
    private static final int FEW_ILL = 2;
    private static final int LARGE = 50;
    private static final Duration USUAL = Duration.ofSeconds(10);
    private static final Duration CAUTIOUS = Duration.ofSeconds(100);
    private static final String ZONE = "topology.kubernetes.io/zone";
    private static final String REGION = "topology.kubernetes.io/region";

    private static final String EXCLUDED = "node.kubernetes.io/exclude-disruption";

    private final Time time;
    private final Map<String, Long> last = new HashMap<>();

    ZoneEvictions(Time time) {
        this.time = time;
    }

    /// Where `node` is: its region and zone.
    static String zone(Node node) {
        Map<String, String> labels =
                Objects.requireNonNullElse(node.getMetadata().getLabels(), Map.of());
        return labels.getOrDefault(REGION, "") + "/" + labels.getOrDefault(ZONE, "");
    }

    /// The nodes by zones.
    static Map<String, List<Node>> zones(List<Node> nodes) {
        var zones = new HashMap<String, List<Node>>();
        nodes.stream()
                .filter(node -> !isExcluded(node))
                .forEach(node -> zones.computeIfAbsent(zone(node), absent -> new ArrayList<>())
                        .add(node));
        return zones;
    }

    /// True of nodes that say that they are not to be counted.
    private static boolean isExcluded(Node node) {
        Map<String, String> labels =
                Objects.requireNonNullElse(node.getMetadata().getLabels(), Map.of());
        return labels.containsKey(EXCLUDED);
    }

    /// What became of a zone of these `nodes`.
    static State state(List<Node> nodes) {
        long ready = nodes.stream().filter(ZoneEvictions::isReady).count();
        long ill = nodes.size() - ready;
        if (ready == 0 && ill > 0) {
            return State.FULL;
        }
        return ill > FEW_ILL && (double) ill / nodes.size() >= ILL_SHARE ? State.PARTIAL : State.NORMAL;
    }

    /// True if no node of any zone is ready.
    static boolean areAllFull(List<Node> nodes) {
        return !nodes.isEmpty() && zones(nodes).values().stream().allMatch(zone -> state(zone) == State.FULL);
    }

    private static boolean isReady(Node node) {
        return NodeTaints.ready(node)
                .map(NodeCondition::getStatus)
                .filter("True"::equals)
                .isPresent();
    }

    /// How long after one node of a zone of these `nodes` the next may be emptied; empty for never.
    static Optional<Duration> pace(List<Node> nodes) {
        return switch (state(nodes)) {
            case NORMAL, FULL -> Optional.of(USUAL);
            case PARTIAL -> nodes.size() > LARGE ? Optional.of(CAUTIOUS) : Optional.empty();
        };
    }

    /// True if a node of `zone`, which has these `nodes`, may be emptied now; counts as done then.
    boolean take(String zone, List<Node> nodes) {
        Long before = last.get(zone);
        boolean isTime = pace(nodes)
                .filter(pace -> before == null || time.nanoTime() - before >= pace.toNanos())
                .isPresent();
        if (isTime) {
            last.put(zone, time.nanoTime());
        }
        return isTime;
    }
}
