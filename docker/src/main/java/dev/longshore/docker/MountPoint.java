package dev.longshore.docker;

import dev.longshore.base.Json;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Something mounted into a container.
///
/// @param name of the volume; empty for others
/// @param source the directory or file on the host; empty for a tmpfs
/// @param mode as the client spelt it
/// @param propagation of a bind mount, as `rprivate`
/// @param subpath the part of the volume that is mounted; empty for all
/// @param options mount options
/// @param isAnonymous whether the volume was made for this container alone, without a name of the client's
/// @param copies whether an empty volume first gets what the image has at its place
record MountPoint(
        Type type,
        String name,
        String source,
        String subpath,
        String destination,
        String mode,
        boolean isWritable,
        String propagation,
        List<String> options,
        boolean isAnonymous,
        boolean copies) {

    MountPoint {
        options = List.copyOf(options);
    }

    /// What is mounted.
    enum Type {
        BIND,
        VOLUME,
        TMPFS;

        String word() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    /// What is mounted: the directory or file on the host, in a volume at its subpath, which no link leads out of it.
    ///
    /// @throws EngineException when it is not there
    Path path() throws IOException {
        if (subpath.isEmpty()) {
            return Path.of(source);
        }
        Path root = Path.of(source).toRealPath();
        Path wanted = root.resolve(subpath);
        try {
            Path real = wanted.toRealPath();
            if (real.startsWith(root)) {
                return real;
            }
        } catch (NoSuchFileException absent) {
            throw new EngineException(
                    EngineException.Kind.INVALID,
                    "cannot access path " + wanted + ": lstat " + wanted + ": no such file or directory",
                    absent);
        }
        throw EngineException.invalid("cannot access path " + wanted + ": path escapes the volume");
    }

    /// As `inspect` shows it.
    ObjectNode shown() {
        ObjectNode tree = Json.object().put("Type", type.word());
        if (type == Type.VOLUME) {
            tree.put("Name", name);
        }
        tree.put("Source", source).put("Destination", destination);
        if (type == Type.VOLUME) {
            tree.put("Driver", "local");
        }
        return tree.put("Mode", mode).put("RW", isWritable).put("Propagation", propagation);
    }

    ObjectNode json() {
        ObjectNode tree =
                shown().put("anonymous", isAnonymous).put("copies", copies).put("subpath", subpath);
        JsonFields.put(tree.putArray("options"), options);
        return tree;
    }

    static MountPoint of(JsonNode tree) {
        return new MountPoint(
                Type.valueOf(tree.path("Type").asString("bind").toUpperCase(java.util.Locale.ROOT)),
                tree.path("Name").asString(""),
                tree.path("Source").asString(""),
                tree.path("subpath").asString(""),
                tree.path("Destination").asString(""),
                tree.path("Mode").asString(""),
                tree.path("RW").asBoolean(true),
                tree.path("Propagation").asString(""),
                JsonFields.strings(tree.path("options")),
                tree.path("anonymous").asBoolean(false),
                tree.path("copies").asBoolean(false));
    }
}
