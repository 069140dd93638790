package dev.longshore.builder.cache;

import dev.longshore.base.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// A remembered step as a file named by its key. It appears in one move, and what a crash tore reads as nothing.
record RecordFile(StepRecord step, Instant lastUsed, int uses) {

    private static final Logger log = LoggerFactory.getLogger(RecordFile.class);

    void write(Path directory, StepKey key) throws IOException {
        ObjectNode tree = StepJson.of(step).put("lastUsed", lastUsed.toString()).put("uses", uses);
        Path fresh = directory.resolve("new-" + UUID.randomUUID());
        Files.write(fresh, Json.bytes(tree));
        Files.move(fresh, directory.resolve(key.hex()), StandardCopyOption.ATOMIC_MOVE);
    }

    static Optional<RecordFile> read(Path file) throws IOException {
        try {
            JsonNode tree = Json.parse(Files.readAllBytes(file));
            return Optional.of(new RecordFile(
                    StepJson.parse(tree),
                    Instant.parse(tree.path("lastUsed").asString("")),
                    tree.path("uses").asInt(0)));
        } catch (Json.MalformedException | IllegalArgumentException | DateTimeException torn) {
            log.debug("a torn cache entry is dropped: {}", file, torn);
            return Optional.empty();
        } catch (NoSuchFileException gone) {
            return Optional.empty();
        }
    }
}
