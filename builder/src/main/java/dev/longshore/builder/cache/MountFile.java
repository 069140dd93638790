package dev.longshore.builder.cache;

import dev.longshore.base.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.databind.JsonNode;

/// What is written down about a cache mount.
record MountFile(String id, Instant created, Instant lastUsed, int uses, long bytes) {

    private static final String NAME = "mount.json";

    MountFile used(Instant now, long newBytes) {
        return new MountFile(id, created, now, uses + 1, newBytes);
    }

    CacheEntry entry(String name, boolean inUse) {
        return new CacheEntry(
                name, CacheEntry.Type.CACHE_MOUNT, "cached mount " + id, bytes, created, lastUsed, uses, inUse, false);
    }

    void write(Path directory) throws IOException {
        Path fresh = directory.resolve("new-" + UUID.randomUUID());
        Files.write(
                fresh,
                Json.bytes(Json.object()
                        .put("id", id)
                        .put("created", created.toString())
                        .put("lastUsed", lastUsed.toString())
                        .put("uses", uses)
                        .put("bytes", bytes)));
        Files.move(fresh, directory.resolve(NAME), StandardCopyOption.ATOMIC_MOVE);
    }

    static Optional<MountFile> read(Path directory) throws IOException {
        Path file = directory.resolve(NAME);
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
                || !Files.isDirectory(directory.resolve("data"), LinkOption.NOFOLLOW_LINKS)) {
            return Optional.empty();
        }
        try {
            JsonNode tree = Json.parse(Files.readAllBytes(file));
            return Optional.of(new MountFile(
                    tree.path("id").asString(""),
                    Instant.parse(tree.path("created").asString("")),
                    Instant.parse(tree.path("lastUsed").asString("")),
                    tree.path("uses").asInt(0),
                    tree.path("bytes").asLong(0)));
        } catch (Json.MalformedException | DateTimeException torn) {
            return Optional.empty();
        }
    }
}
