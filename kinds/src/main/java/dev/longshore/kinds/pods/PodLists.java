package dev.longshore.kinds.pods;

import dev.longshore.kinds.kit.Trees;
import java.util.List;
import java.util.function.BiConsumer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// The lists of a pod's containers.
final class PodLists {

    /// In the order in which they are looked through.
    static final List<String> ALL = List.of("initContainers", "containers", "ephemeralContainers");

    private PodLists() {}

    /// Calls `visitor` with the path and the tree of every container.
    static void each(String path, JsonNode spec, BiConsumer<String, ObjectNode> visitor) {
        for (String list : ALL) {
            Trees.each(spec, path, list, visitor);
        }
    }
}
