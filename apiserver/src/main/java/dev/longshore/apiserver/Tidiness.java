package dev.longshore.apiserver;

import dev.longshore.model.Resource;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Leaves out of metadata what says nothing, as the reference implementation's types do when they are written.
final class Tidiness {

    private static final List<String> LISTS = List.of("labels", "annotations", "finalizers", "ownerReferences");

    private Tidiness() {}

    /// Drops empty lists and maps of `object`'s metadata, in place.
    static void tidy(Resource object) {
        ObjectNode metadata = object.metadata();
        for (String name : LISTS) {
            JsonNode value = metadata.path(name);
            if (value.isContainer() && value.isEmpty()) {
                metadata.remove(name);
            }
        }
    }
}
