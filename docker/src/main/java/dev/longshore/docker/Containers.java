package dev.longshore.docker;

import dev.longshore.base.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The engine's containers by id and name, in memory and on disk. Thread-safe.
///
/// ```
/// ROOT/ID/container.json   what it is, and where in its life
///      ID/layer/           its writable layer: upper, work
///      ID/init/            a layer below it: what Docker puts into every container
///      ID/etc/             hosts, hostname, resolv.conf
///      ID/logs/            what it prints
/// ```
final class Containers {

    private static final Logger log = LoggerFactory.getLogger(Containers.class);
    private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9_.-]+");
    private static final int ID_BYTES = 32;
    private static final int TRIES = 20;

    private final Path root;
    private final RandomGenerator randomness;
    private final Map<String, EngineContainer> byId = new ConcurrentHashMap<>();
    /// Names that are taken, with the ids of those who have them.
    private final Map<String, String> names = new ConcurrentHashMap<>();

    Containers(Path root, RandomGenerator randomness) {
        this.root = root;
        this.randomness = randomness;
    }

    /// Reads what is there; what was only begun is removed.
    void start() throws IOException {
        Files.createDirectories(root);
        List<Path> entries;
        try (Stream<Path> all = Files.list(root)) {
            entries = all.toList();
        }
        for (Path entry : entries) {
            Path file = entry.resolve("container.json");
            try {
                EngineContainer container = EngineContainer.read(entry, Json.parse(Files.readAllBytes(file)));
                byId.put(container.id(), container);
                names.put(container.name(), container.id());
            } catch (IOException | Json.MalformedException | IllegalArgumentException half) {
                log.warn("{} is no whole container and is removed: {}", entry, half.getMessage());
                Volumes.delete(entry);
            }
        }
    }

    /// The oldest last.
    List<EngineContainer> list() {
        return byId.values().stream()
                .sorted(Comparator.comparing(EngineContainer::createdAt).reversed())
                .toList();
    }

    Optional<EngineContainer> byId(String id) {
        return Optional.ofNullable(byId.get(id));
    }

    /// By id, name, or the beginning of an id.
    ///
    /// @throws EngineException when there is none, or more than one
    EngineContainer get(String text) {
        return find(text).orElseThrow(() -> EngineException.notFound("No such container: " + text));
    }

    Optional<EngineContainer> find(String text) {
        String plain = text.startsWith("/") ? text.substring(1) : text;
        if (byId.containsKey(plain)) {
            return byId(plain);
        }
        if (names.containsKey(plain)) {
            return byId(names.get(plain));
        }
        if (plain.isEmpty() || !plain.matches("[0-9a-f]+")) {
            return Optional.empty();
        }
        List<EngineContainer> like = byId.values().stream()
                .filter(container -> container.id().startsWith(plain))
                .toList();
        if (like.size() > 1) {
            throw EngineException.invalid("multiple IDs found with provided prefix: " + plain);
        }
        return like.stream().findFirst();
    }

    String newId() {
        byte[] id = new byte[ID_BYTES];
        randomness.nextBytes(id);
        return HexFormat.of().formatHex(id);
    }

    Path directory(String id) {
        return root.resolve(id);
    }

    /// Takes `wanted` for the container `id`, or makes a name up.
    ///
    /// @throws EngineException when it is taken or no name
    String reserve(String wanted, String id) {
        String plain = wanted.startsWith("/") ? wanted.substring(1) : wanted;
        if (plain.isEmpty()) {
            for (int i = 0; i < TRIES; i++) {
                String made = InventedNames.next(randomness) + (i < TRIES / 2 ? "" : randomness.nextInt(10));
                if (names.putIfAbsent(made, id) == null) {
                    return made;
                }
            }
            names.put(id.substring(0, 12), id);
            return id.substring(0, 12);
        }
        if (!NAME.matcher(plain).matches()) {
            throw EngineException.invalid(
                    "Invalid container name (" + wanted + "), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed");
        }
        String owner = names.putIfAbsent(plain, id);
        if (owner != null && !owner.equals(id)) {
            throw EngineException.conflict("Conflict. The container name \"/" + plain
                    + "\" is already in use by container \"" + owner
                    + "\". You have to remove (or rename) that container to be able to reuse that name.");
        }
        return plain;
    }

    void release(String name, String id) {
        names.remove(name, id);
    }

    void add(EngineContainer container) {
        save(container);
        byId.put(container.id(), container);
    }

    /// Forgets it and its name.
    void remove(EngineContainer container) {
        byId.remove(container.id());
        names.remove(container.name(), container.id());
    }

    /// Writes it down whole.
    void save(EngineContainer container) {
        Path file = container.directory().resolve("container.json");
        Path fresh = container.directory().resolve("container.json.new");
        try {
            Files.createDirectories(container.directory());
            Files.write(fresh, Json.bytes(container.json()));
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
