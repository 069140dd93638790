package dev.longshore.server.backup;

import dev.longshore.base.Json;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;

/// What a backup says of itself, as its first file.
///
/// @param outside files that flags named, in the order of their entries
record Manifest(Instant taken, List<OutsideFile> outside) {

    static final String NAME = "manifest.json";

    Manifest {
        outside = List.copyOf(outside);
    }

    byte[] json() {
        var tree = Json.object().put("taken", taken.toString());
        ArrayNode files = tree.putArray("outside");
        for (OutsideFile file : outside) {
            files.addObject().put("flag", file.flag()).put("path", file.path().toString());
        }
        return Json.bytes(tree);
    }

    /// @throws BackupException when it is none
    static Manifest parse(byte[] json) {
        try {
            JsonNode tree = Json.parse(json);
            return new Manifest(
                    Instant.parse(tree.path("taken").asString()),
                    tree.path("outside")
                            .valueStream()
                            .map(file -> new OutsideFile(
                                    file.path("flag").asString(),
                                    Path.of(file.path("path").asString())))
                            .toList());
        } catch (Json.MalformedException | DateTimeException | IllegalArgumentException broken) {
            throw new BackupException(new BackupFault.Altered("its manifest says what cannot be"));
        }
    }
}
