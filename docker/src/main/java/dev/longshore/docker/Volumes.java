package dev.longshore.docker;

import dev.longshore.base.Json;
import dev.longshore.base.Time;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// The engine's volumes: directories that outlive containers. Thread-safe.
///
/// ```
/// ROOT/NAME/volume.json    name, labels, options, when it was made
///      NAME/_data          what is mounted
/// ```
final class Volumes {

    /// Set on volumes that nobody has named.
    static final String ANONYMOUS = "com.docker.volume.anonymous";

    private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9_.-]+");
    private static final int ID_BYTES = 32;

    private final Path root;
    private final Events events;
    private final RandomGenerator randomness;
    private final Time time;
    private final Map<String, Volume> all = new ConcurrentHashMap<>();

    Volumes(Path root, Events events, RandomGenerator randomness, Time time) {
        this.root = root;
        this.events = events;
        this.randomness = randomness;
        this.time = time;
    }

    /// A volume.
    ///
    /// @param mountpoint its directory
    record Volume(
            String name, Path mountpoint, Map<String, String> labels, Map<String, String> options, Instant createdAt) {

        boolean isAnonymous() {
            return labels.containsKey(ANONYMOUS);
        }

        ObjectNode shown() {
            ObjectNode tree =
                    Json.object().put("CreatedAt", JsonFields.time(createdAt)).put("Driver", "local");
            if (labels.isEmpty()) {
                tree.putNull("Labels");
            } else {
                JsonFields.put(tree.putObject("Labels"), labels);
            }
            tree.put("Mountpoint", mountpoint.toString()).put("Name", name);
            if (options.isEmpty()) {
                tree.putNull("Options");
            } else {
                JsonFields.put(tree.putObject("Options"), options);
            }
            return tree.put("Scope", "local");
        }
    }

    /// Reads what is there.
    void start() throws IOException {
        Files.createDirectories(root);
        try (Stream<Path> entries = Files.list(root)) {
            for (Path entry : entries.toList()) {
                Path file = entry.resolve("volume.json");
                if (Files.exists(file)) {
                    Volume volume = read(entry, Json.parse(Files.readAllBytes(file)));
                    all.put(volume.name(), volume);
                }
            }
        }
    }

    private static Volume read(Path directory, JsonNode tree) {
        return new Volume(
                directory.getFileName().toString(),
                directory.resolve("_data"),
                JsonFields.map(tree.path("labels")),
                JsonFields.map(tree.path("options")),
                JsonFields.time(tree.path("createdAt").asString("")));
    }

    List<Volume> list() {
        return all.values().stream()
                .sorted(java.util.Comparator.comparing(Volume::name))
                .toList();
    }

    /// @throws EngineException when there is none
    Volume get(String name) {
        return Optional.ofNullable(all.get(name))
                .orElseThrow(() -> EngineException.notFound("get " + name + ": no such volume"));
    }

    /// The volume called `name`, made if need be.
    Volume ensure(String name) throws IOException {
        return ensure(name, Map.of(), Map.of());
    }

    Volume ensure(String name, Map<String, String> labels, Map<String, String> options) throws IOException {
        Volume there = all.get(name);
        return there != null ? there : create(name, labels, options);
    }

    /// Refuses drivers that are not here.
    void checkDriver(String name, String driver) {
        if (!driver.isEmpty() && !driver.equals("local")) {
            throw EngineException.notFound("create " + name + ": error looking up volume plugin " + driver
                    + ": plugin \"" + driver + "\" not found");
        }
    }

    /// A new volume without a name.
    Volume anonymous(Map<String, String> labels) throws IOException {
        byte[] id = new byte[ID_BYTES];
        randomness.nextBytes(id);
        var all = new LinkedHashMap<>(labels);
        all.put(ANONYMOUS, "");
        return create(HexFormat.of().formatHex(id), all, Map.of());
    }

    private synchronized Volume create(String name, Map<String, String> labels, Map<String, String> options)
            throws IOException {
        if (all.containsKey(name)) {
            return all.get(name);
        }
        if (name.length() == 1) {
            throw EngineException.invalid("create " + name
                    + ": volume name is too short, names should be at least two alphanumeric characters");
        }
        if (!NAME.matcher(name).matches()) {
            throw EngineException.invalid("create " + name + ": \"" + name
                    + "\" includes invalid characters for a local volume name, only \"[a-zA-Z0-9][a-zA-Z0-9_.-]\" are "
                    + "allowed. If you intended to pass a host directory, use absolute path");
        }
        if (!options.isEmpty()) {
            throw EngineException.invalid("create " + name + ": options of the local volume driver are not supported: "
                    + String.join(", ", options.keySet()));
        }
        Path directory = root.resolve(name);
        var volume = new Volume(name, directory.resolve("_data"), Map.copyOf(labels), Map.copyOf(options), time.now());
        Files.createDirectories(volume.mountpoint());
        var tree = Json.object().put("createdAt", JsonFields.time(volume.createdAt()));
        JsonFields.put(tree.putObject("labels"), labels);
        JsonFields.put(tree.putObject("options"), options);
        Files.write(directory.resolve("volume.json"), Json.bytes(tree));
        all.put(name, volume);
        events.tell("volume", "create", name, Map.of("driver", "local"));
        return volume;
    }

    /// Deletes it and all in it; whether somebody uses it is the caller's affair.
    void remove(String name) {
        Volume volume = get(name);
        all.remove(name);
        try {
            delete(root.resolve(volume.name()));
        } catch (IOException failed) {
            throw EngineException.failed("remove " + name + ": " + failed.getMessage(), failed);
        }
        events.tell("volume", "destroy", name, Map.of("driver", "local"));
    }

    /// How many bytes are in it.
    long size(Volume volume) {
        return size(volume.mountpoint());
    }

    /// How many bytes the regular files at and below `path` have.
    static long size(Path path) {
        try (Stream<Path> files = Files.walk(path)) {
            return files.filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))
                    .mapToLong(file -> file.toFile().length())
                    .sum();
        } catch (IOException | UncheckedIOException vanishing) {
            return 0;
        }
    }

    /// Deletes `root` and all under it; follows no link.
    static void delete(Path root) throws IOException {
        if (!Files.exists(root, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        if (Files.isDirectory(root, LinkOption.NOFOLLOW_LINKS)) {
            List<Path> children = new ArrayList<>();
            try (Stream<Path> inside = Files.list(root)) {
                inside.forEach(children::add);
            }
            for (Path child : children) {
                delete(child);
            }
        }
        Files.deleteIfExists(root);
    }
}
