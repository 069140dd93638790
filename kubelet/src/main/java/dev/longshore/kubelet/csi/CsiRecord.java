package dev.longshore.kubelet.csi;

import dev.longshore.base.Json;
import dev.longshore.base.WholeFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/// What must be known to take a volume away from a pod again, in `vol_data.json` beside it, written before the driver
/// is asked for anything.
///
/// @param volume what the pod calls it
/// @param target where the pod has it
/// @param staged where the node has it; empty if the driver does not do such
/// @param isAttached whether it had to be attached to the node first
record CsiRecord(String volume, String driver, String handle, String target, String staged, boolean isAttached) {

    private static final String FILE = "vol_data.json";

    void write(Path directory) throws IOException {
        Files.createDirectories(directory);
        WholeFile.write(
                directory.resolve(FILE),
                Json.bytes(Json.object()
                        .put("volume", volume)
                        .put("driverName", driver)
                        .put("volumeHandle", handle)
                        .put("target", target)
                        .put("staged", staged)
                        .put("attached", isAttached)));
    }

    static Optional<CsiRecord> read(Path directory) throws IOException {
        try {
            JsonNode read = Json.parse(Files.readString(directory.resolve(FILE)));
            return Optional.of(new CsiRecord(
                    read.path("volume").asString(),
                    read.path("driverName").asString(),
                    read.path("volumeHandle").asString(),
                    read.path("target").asString(),
                    read.path("staged").asString(),
                    read.path("attached").asBoolean()));
        } catch (NoSuchFileException | JacksonException none) {
            return Optional.empty();
        }
    }

    /// The directories of all volumes of the pods below `pods`.
    static List<Path> all(Path pods) throws IOException {
        var all = new ArrayList<Path>();
        for (Path pod : list(pods)) {
            all.addAll(list(of(pod)));
        }
        return all;
    }

    /// Where a pod's volumes of drivers are.
    static Path of(Path pod) {
        return pod.resolve("volumes").resolve("kubernetes.io~csi");
    }

    static List<Path> list(Path directory) throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.toList();
        } catch (NoSuchFileException none) {
            return List.of();
        }
    }
}
