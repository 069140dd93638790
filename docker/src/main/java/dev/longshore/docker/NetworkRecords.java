package dev.longshore.docker;

import dev.longshore.base.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import tools.jackson.databind.JsonNode;

/// The engine's networks by id and name, in memory and in one file. Reading is thread-safe; who changes it sees to it
/// that nobody else does.
final class NetworkRecords {

    private final Path file;
    private final Map<String, EngineNet> all = new ConcurrentHashMap<>();

    NetworkRecords(Path file) {
        this.file = file;
    }

    /// Reads what is there.
    void load() throws IOException {
        if (Files.exists(file)) {
            for (JsonNode tree : Json.parse(Files.readAllBytes(file))) {
                put(EngineNet.of(tree));
            }
        }
    }

    List<EngineNet> list() {
        return all.values().stream()
                .sorted(Comparator.comparing(EngineNet::name))
                .toList();
    }

    /// Those that are on the host, or are to be.
    List<EngineNet> placed() {
        return list().stream().filter(EngineNet::isPlaced).toList();
    }

    /// By id, name, or the beginning of an id.
    ///
    /// @throws EngineException when the beginning fits several
    Optional<EngineNet> find(String text) {
        Optional<EngineNet> exact = all.values().stream()
                .filter(network -> network.id().equals(text) || network.name().equals(text))
                .findFirst();
        if (exact.isPresent() || text.isEmpty()) {
            return exact;
        }
        List<EngineNet> like = all.values().stream()
                .filter(network -> network.id().startsWith(text))
                .toList();
        if (like.size() > 1) {
            throw EngineException.invalid(
                    "network " + text + " is ambiguous (" + like.size() + " matches found based on ID prefix)");
        }
        return like.stream().findFirst();
    }

    /// @throws EngineException when there is none
    EngineNet get(String text) {
        return find(text).orElseThrow(() -> EngineException.notFound("network " + text + " not found"));
    }

    void put(EngineNet network) {
        all.put(network.id(), network);
    }

    void remove(EngineNet network) {
        all.remove(network.id());
    }

    /// Writes all of them down, whole.
    void save() throws IOException {
        var list = Json.array();
        all.values().forEach(network -> list.add(network.json()));
        Files.createDirectories(file.getParent());
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        Files.write(fresh, Json.bytes(list));
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
