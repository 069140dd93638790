package dev.longshore.builder.stage;

import dev.longshore.base.Digest;
import dev.longshore.base.Json;
import dev.longshore.images.Descriptor;
import dev.longshore.images.ImageConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What steps of earlier builds came to: a file per step, named by its key. The key holds the state before the
/// step, the instruction and the sum of all that it reads, so an entry is right for ever; it is only ever
/// forgotten. At most [#MOST] entries: the oldest go. Thread-safe.
public final class StepCache {

    /// So many steps are remembered.
    static final int MOST = 2000;

    private static final Logger log = LoggerFactory.getLogger(StepCache.class);

    private final Path directory;
    private final ConcurrentHashMap<String, Result> results = new ConcurrentHashMap<>();

    /// In `directory`.
    public StepCache(Path directory) {
        this.directory = directory;
    }

    /// The state after a step.
    ///
    /// @param layers bottom first
    public record Result(ImageConfig config, List<Descriptor> layers) {
        public Result {
            layers = List.copyOf(layers);
        }
    }

    /// Reads what there is.
    public void start() throws IOException {
        Files.createDirectories(directory);
        var files = new ArrayList<Path>();
        try (Stream<Path> all = Files.list(directory)) {
            all.forEach(files::add);
        }
        files.sort(Comparator.comparing((Path file) -> file.toFile().lastModified())
                .reversed());
        for (Path file : files) {
            String key = file.getFileName().toString();
            Optional<Result> result = key.length() == 64 && results.size() < MOST ? read(file) : Optional.empty();
            if (result.isPresent()) {
                results.put(key, result.get());
            } else {
                Files.deleteIfExists(file);
            }
        }
    }

    /// What the step with `key` came to, if it is known.
    public Optional<Result> find(String key) {
        return Optional.ofNullable(results.get(key));
    }

    /// Remembers a step. Failing to write it costs time later, nothing else.
    public void remember(String key, Result result) {
        results.put(key, result);
        ObjectNode tree = Json.object();
        tree.set("config", Json.parse(result.config().bytes()));
        var layers = tree.putArray("layers");
        result.layers().forEach(layer -> layers.add(layer.json()));
        Path fresh = directory.resolve("new-" + UUID.randomUUID());
        try {
            Files.write(fresh, Json.bytes(tree));
            Files.move(fresh, directory.resolve(key), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException failed) {
            log.warn("a build step is not remembered: {}", failed.toString());
        }
    }

    /// Forgets everything; returns how many steps.
    public int clear() throws IOException {
        int count = 0;
        for (String key : Set.copyOf(results.keySet())) {
            Files.deleteIfExists(directory.resolve(key));
            results.remove(key);
            count++;
        }
        return count;
    }

    /// Blobs and chains of layers that the remembered steps are made of.
    public Set<Digest> needs() {
        var needs = new HashSet<Digest>();
        for (Result result : results.values()) {
            result.layers().forEach(layer -> needs.add(layer.digest()));
            needs.addAll(result.config().chainIds());
        }
        return needs;
    }

    private static Optional<Result> read(Path file) throws IOException {
        try {
            JsonNode tree = Json.parse(Files.readAllBytes(file));
            var layers = new ArrayList<Descriptor>();
            tree.path("layers")
                    .forEach(layer -> layers.add(Descriptor.of(
                            layer.path("mediaType").asString(),
                            Digest.parse(layer.path("digest").asString()),
                            layer.path("size").asLong())));
            return Optional.of(new Result(ImageConfig.parse(Json.bytes(tree.path("config"))), layers));
        } catch (RuntimeException torn) {
            log.debug("a torn cache entry is dropped: {}", file, torn);
            return Optional.empty();
        } catch (NoSuchFileException gone) {
            return Optional.empty();
        }
    }
}
