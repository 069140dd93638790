package dev.longshore.scheduler.framework;

import java.util.List;
import java.util.stream.Stream;

/// All nodes and their pods at one moment.
public record Snapshot(List<NodeView> nodes) {

    public Snapshot {
        nodes = List.copyOf(nodes);
    }

    /// The same with `node` as it would be.
    public Snapshot with(NodeView node) {
        return new Snapshot(nodes.stream()
                .map(present -> present.name().equals(node.name()) ? node : present)
                .toList());
    }

    /// Every scheduled pod.
    public Stream<PodView> pods() {
        return nodes.stream().flatMap(node -> node.pods().stream());
    }
}
