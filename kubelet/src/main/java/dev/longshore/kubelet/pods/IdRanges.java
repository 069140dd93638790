package dev.longshore.kubelet.pods;

import dev.longshore.base.Json;
import dev.longshore.base.WholeFile;
import dev.longshore.runtime.IdRange;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Ids of the host's for pods with users of their own (`hostUsers: false`): 65,536 for each, none of which another pod,
/// or the host, has. What a pod has is written down beside its other files, as the original does, so a later kubelet
/// knows it too; it is free again when those files are gone. Thread-safe.
///
///     ROOT/pods/UID/userns
final class IdRanges {

    private static final long LENGTH = 65536;
    private static final int MOST = 32767;
    private static final String FILE = "userns";

    private final Path pods;

    /// @param pods the directory that has one for each pod
    IdRanges(Path pods) {
        this.pods = pods;
    }

    /// Those of the pod; always the same while it has files.
    synchronized IdRange of(String uid) {
        Path file = pods.resolve(uid).resolve(FILE);
        return read(file).orElseGet(() -> write(file, free()));
    }

    private IdRange free() {
        Set<Long> taken = new HashSet<>();
        try (Stream<Path> all = Files.isDirectory(pods) ? Files.list(pods) : Stream.empty()) {
            all.map(pod -> read(pod.resolve(FILE)))
                    .flatMap(Optional::stream)
                    .map(IdRange::first)
                    .forEach(taken::add);
        } catch (IOException unreadable) {
            throw new UncheckedIOException("cannot see which users are taken", unreadable);
        }
        for (long number = 1; number < MOST; number++) {
            if (!taken.contains(number * LENGTH)) {
                return new IdRange(number * LENGTH, LENGTH);
            }
        }
        throw new IllegalStateException("no range of users is left for another pod");
    }

    private static Optional<IdRange> read(Path file) {
        try {
            JsonNode mapping =
                    Json.parse(Files.readAllBytes(file)).path("uidMappings").path(0);
            return Optional.of(new IdRange(
                    mapping.path("hostId").asLong(), mapping.path("length").asLong()));
        } catch (NoSuchFileException none) {
            return Optional.empty();
        } catch (IOException | Json.MalformedException torn) {
            throw new IllegalStateException(file + " does not say which users the pod has", torn);
        }
    }

    private static IdRange write(Path file, IdRange range) {
        ObjectNode mappings = Json.object();
        for (String field : List.of("uidMappings", "gidMappings")) {
            mappings.putArray(field)
                    .addObject()
                    .put("hostId", range.first())
                    .put("containerId", 0)
                    .put("length", range.length());
        }
        try {
            Files.createDirectories(file.getParent());
            WholeFile.write(file, Json.bytes(mappings));
            return range;
        } catch (IOException failure) {
            throw new UncheckedIOException("cannot note which users the pod has", failure);
        }
    }
}
