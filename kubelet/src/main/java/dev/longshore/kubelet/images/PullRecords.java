package dev.longshore.kubelet.images;

import dev.longshore.base.Digest;
import dev.longshore.base.Json;
import dev.longshore.base.Time;
import dev.longshore.base.WholeFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The pulls that this kubelet has begun and finished, in files that outlive it, laid out as the original's:
/// `pulling/sha256-NAME`, `pulled/sha256-REF`. Thread-safe. A record that cannot be written is missed by nobody but the
/// next pod, which has to show its credentials to the registry again.
final class PullRecords {

    private static final Logger log = LoggerFactory.getLogger(PullRecords.class);

    private final Optional<Path> pulling;
    private final Optional<Path> pulled;
    private final Time time;
    private final Map<String, PullRecord> records = new HashMap<>();
    private final Map<String, Integer> begun = new HashMap<>();

    /// In `directory`, which is made; what is there is read. Without one, in memory.
    PullRecords(Optional<Path> directory, Time time) {
        this.pulling = directory.map(path -> path.resolve("pulling"));
        this.pulled = directory.map(path -> path.resolve("pulled"));
        this.time = time;
        pulled.ifPresent(path -> read(path, bytes -> {
            PullRecord record = PullRecord.parse(bytes);
            records.put(record.imageRef(), record);
        }));
        pulling.ifPresent(path ->
                read(path, bytes -> begun.put(Json.parse(bytes).path("image").asString(""), 0)));
    }

    synchronized Optional<PullRecord> find(String imageRef) {
        return Optional.ofNullable(records.get(imageRef));
    }

    /// Whether a pull of `image` is under way, or was when the kubelet ended.
    synchronized boolean isBegun(String image) {
        return begun.containsKey(image);
    }

    synchronized Set<String> begun() {
        return Set.copyOf(begun.keySet());
    }

    synchronized void begin(String image) {
        if (begun.merge(image, 1, Integer::sum) == 1) {
            write(
                    pulling,
                    image,
                    Json.bytes(Json.object()
                            .put("kind", "ImagePullIntent")
                            .put("apiVersion", "kubelet.config.k8s.io/v1beta1")
                            .put("image", image)));
        }
    }

    synchronized void end(String image) {
        if (begun.merge(image, -1, Integer::sum) <= 0) {
            begun.remove(image);
            delete(pulling, image);
        }
    }

    /// Notes that `image` came as `imageRef`, and what opened it.
    synchronized void add(String image, String imageRef, PullRecord.Opening opening) {
        PullRecord old = records.getOrDefault(imageRef, new PullRecord(imageRef, time.now(), Map.of()));
        PullRecord changed = old.with(ImageNames.repository(image), opening, time.now());
        if (!changed.openings().equals(old.openings()) || !records.containsKey(imageRef)) {
            records.put(imageRef, changed);
            write(pulled, imageRef, changed.json());
        }
    }

    /// Forgets images that are here no more.
    synchronized void keepOnly(Set<String> imageRefs) {
        for (String gone : new HashSet<>(records.keySet())) {
            if (!imageRefs.contains(gone)) {
                records.remove(gone);
                delete(pulled, gone);
            }
        }
    }

    private static String name(String text) {
        return "sha256-" + Digest.sha256(text.getBytes(StandardCharsets.UTF_8)).hex();
    }

    private static void write(Optional<Path> directory, String text, byte[] bytes) {
        directory.ifPresent(path -> write(path.resolve(name(text)), bytes));
    }

    private static void write(Path file, byte[] bytes) {
        try {
            WholeFile.writePrivately(file, bytes);
        } catch (IOException unwritten) {
            log.warn("what was pulled could not be noted: {}", unwritten.getMessage());
        }
    }

    private static void delete(Optional<Path> directory, String text) {
        try {
            if (directory.isPresent()) {
                Files.deleteIfExists(directory.get().resolve(name(text)));
            }
        } catch (IOException kept) {
            log.warn("a record of {} could not be deleted: {}", text, kept.getMessage());
        }
    }

    private static void read(Path directory, Consumer<byte[]> reader) {
        try {
            Files.createDirectories(directory);
            try (var files = Files.newDirectoryStream(directory, "sha256-*")) {
                for (Path file : files) {
                    readOne(file, reader);
                }
            }
        } catch (IOException unreadable) {
            log.warn("{} cannot be read: {}", directory, unreadable.getMessage());
        }
    }

    private static void readOne(Path file, Consumer<byte[]> reader) throws IOException {
        try {
            reader.accept(Files.readAllBytes(file));
        } catch (Json.MalformedException | IllegalArgumentException | DateTimeException broken) {
            log.warn("{} is no record of a pull and is deleted", file);
            Files.deleteIfExists(file);
        }
    }
}
