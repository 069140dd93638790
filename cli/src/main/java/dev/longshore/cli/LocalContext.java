package dev.longshore.cli;

import dev.longshore.base.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import tools.jackson.databind.node.ObjectNode;

/// A context that the engine may read where it lies, if it is on the same machine.
///
/// @param directory absolute, without links
/// @param dockerfile its name within the context
/// @param files that belong to it besides
record LocalContext(Path directory, String dockerfile, Map<String, byte[]> files) {

    LocalContext {
        files = Map.copyOf(files);
    }

    /// As the engine wants it: by its device and inode the engine sees whether it is the same directory there.
    ObjectNode json() {
        ObjectNode tree = Json.object()
                .put("path", directory.toString())
                .put("identity", identity())
                .put("dockerfile", dockerfile);
        ObjectNode more = tree.putObject("files");
        files.forEach((name, content) -> more.put(name, Base64.getEncoder().encodeToString(content)));
        return tree;
    }

    private String identity() {
        try {
            Map<String, Object> unix = Files.readAttributes(directory, "unix:dev,ino");
            return unix.get("dev") + ":" + unix.get("ino");
        } catch (IOException gone) {
            throw new CommandFailure("cannot read the build context " + directory, gone);
        }
    }
}
