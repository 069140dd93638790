package dev.longshore.runtime.linux;

import dev.longshore.runtime.IdRange;
import java.nio.file.Path;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What differs in the OCI config of a container whose pod has a user namespace: the mapping, a root file system that
/// its root can reach, and mounts that show their owners by the mapping.
final class MappedIds {

    private MappedIds() {}

    /// Changes `config` in place.
    static void addTo(ObjectNode config, IdRange range, Path root) {
        ((ObjectNode) config.path("root")).put("path", root.toString());
        ObjectNode linux = (ObjectNode) config.path("linux");
        mapping(linux.putArray("uidMappings"), range);
        mapping(linux.putArray("gidMappings"), range);
        // Spelt out: crun 1.8 looks for the pod's own user namespace before its process is in it if it also joins a pid
        // one.
        String shifted = "0-%d-%d".formatted(range.first(), range.length());
        String option = "idmap=uids=" + shifted + ";gids=" + shifted;
        for (JsonNode mount : config.path("mounts")) {
            if (mount.path("type").asString().equals("bind")) {
                ((ArrayNode) mount.path("options")).add(option);
            }
        }
    }

    private static void mapping(ArrayNode mappings, IdRange range) {
        mappings.addObject().put("containerID", 0).put("hostID", range.first()).put("size", range.length());
    }
}
