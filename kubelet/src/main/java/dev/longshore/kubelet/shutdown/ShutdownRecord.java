package dev.longshore.kubelet.shutdown;

import dev.longshore.base.Json;
import dev.longshore.base.WholeFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/// When the last graceful shutdown began and ended, in the original's file (`graceful_node_shutdown_state`): what a
/// script may wait for, and what is told after the reboot.
final class ShutdownRecord {

    private static final Logger log = LoggerFactory.getLogger(ShutdownRecord.class);
    private static final String FILE = "graceful_node_shutdown_state";
    private static final String NEVER = "0001-01-01T00:00:00Z";

    private final Path file;

    /// @param directory the kubelet's own
    ShutdownRecord(Path directory) {
        this.file = directory.resolve(FILE);
    }

    /// What is on disk; nothing where it cannot be read.
    ShutdownTimes read() {
        try {
            JsonNode tree = Json.parse(Files.readString(file));
            return new ShutdownTimes(time(tree, "startTime"), time(tree, "endTime"));
        } catch (IOException | JacksonException | DateTimeException none) {
            return ShutdownTimes.NEVER;
        }
    }

    private static Optional<Instant> time(JsonNode tree, String field) {
        String text = tree.path(field).asString(NEVER);
        return text.equals(NEVER) ? Optional.empty() : Optional.of(Instant.parse(text));
    }

    /// Writes it; where that fails, it is only logged, since the shutdown waits for nobody.
    void write(ShutdownTimes times) {
        var tree = Json.object()
                .put("startTime", times.start().map(Instant::toString).orElse(NEVER))
                .put("endTime", times.end().map(Instant::toString).orElse(NEVER));
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            WholeFile.write(file, Json.bytes(tree));
        } catch (IOException failure) {
            log.warn("it could not be noted when the node was shut down", failure);
        }
    }
}
