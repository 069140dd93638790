package dev.longshore.images;

import dev.longshore.base.Digest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Who uses which image: a file per holder, so that a container that outlives this process keeps its image.
/// Thread-safe.
public final class Holds {

    private static final Logger log = LoggerFactory.getLogger(Holds.class);
    private static final Pattern HOLDER = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]{0,200}");

    private final Path directory;
    private final Disk disk;
    private final Map<String, Hold> holds = new ConcurrentHashMap<>();
    private volatile Predicate<String> isRunning = holder -> true;

    Holds(ImageLayout layout, Disk disk) {
        this.directory = layout.holds();
        this.disk = disk;
    }

    /// @param manifest of the image, once somebody knows it: then it is kept even when no name or list has it
    private record Hold(Digest imageId, Optional<Digest> manifest) {
        static Hold parse(String text) {
            String[] lines = text.strip().split("\n");
            return new Hold(
                    Digest.parse(lines[0]), lines.length > 1 ? Optional.of(Digest.parse(lines[1])) : Optional.empty());
        }

        String text() {
            return imageId + manifest.map(digest -> "\n" + digest).orElse("") + "\n";
        }
    }

    void start() throws IOException {
        Files.createDirectories(directory);
        for (Path file : Overlay.children(directory)) {
            String holder = file.getFileName().toString();
            try {
                if (HOLDER.matcher(holder).matches()) {
                    holds.put(holder, Hold.parse(Files.readString(file)));
                } else {
                    Files.deleteIfExists(file); // Half written when somebody pulled the plug.
                }
            } catch (IllegalArgumentException torn) {
                log.warn("a hold that cannot be read is dropped: {}", holder);
                Files.deleteIfExists(file);
            }
        }
    }

    /// Tells running holders from those that only keep their files; all are taken for running without it.
    public void distinguish(Predicate<String> running) {
        isRunning = running;
    }

    /// From now on, also after a restart, `holder` (a container's id) uses the image with config `imageId`.
    public void hold(String holder, Digest imageId) throws IOException {
        hold(holder, new Hold(imageId, Optional.empty()));
    }

    /// The same, with the image's own manifest, so that it stays for this holder whatever others remove.
    public void hold(String holder, Digest imageId, Digest manifest) throws IOException {
        hold(holder, new Hold(imageId, Optional.of(manifest)));
    }

    private void hold(String holder, Hold hold) throws IOException {
        if (!HOLDER.matcher(holder).matches()) {
            throw new IllegalArgumentException("not a holder's name: " + holder);
        }
        if (hold.equals(holds.get(holder))) {
            return;
        }
        holds.put(holder, hold);
        Path fresh = directory.resolve("." + holder + "." + UUID.randomUUID());
        disk.replace(fresh, directory.resolve(holder), hold.text().getBytes(StandardCharsets.UTF_8));
    }

    /// `holder` needs its image no longer. Idempotent.
    public void release(String holder) throws IOException {
        if (holds.containsKey(holder)) {
            disk.delete(directory.resolve(holder));
            holds.remove(holder);
        }
    }

    /// Somebody who uses `imageId`.
    public Optional<String> holderOf(Digest imageId) {
        return holdersOf(imageId).stream().findFirst();
    }

    /// All who use `imageId`, sorted.
    public List<String> holdersOf(Digest imageId) {
        return holds.entrySet().stream()
                .filter(hold -> hold.getValue().imageId().equals(imageId))
                .map(Map.Entry::getKey)
                .sorted()
                .toList();
    }

    /// True if `holder` runs, as far as anybody says.
    public boolean isRunning(String holder) {
        return isRunning.test(holder);
    }

    /// The manifest that `holder` keeps.
    Optional<Digest> manifestOf(String holder) {
        return Optional.ofNullable(holds.get(holder)).flatMap(Hold::manifest);
    }

    /// The manifest by which somebody keeps the image with config `imageId`.
    Optional<Digest> manifestOf(Digest imageId) {
        return holds.values().stream()
                .filter(hold -> hold.imageId().equals(imageId))
                .flatMap(hold -> hold.manifest().stream())
                .findFirst();
    }

    /// Every manifest that a holder keeps.
    Set<Digest> manifests() {
        var manifests = new HashSet<Digest>();
        holds.values().forEach(hold -> hold.manifest().ifPresent(manifests::add));
        return manifests;
    }

    /// Every holder's name.
    public Set<String> holders() {
        return Set.copyOf(holds.keySet());
    }

    /// Every image that somebody uses.
    public Set<Digest> imageIds() {
        var ids = new HashSet<Digest>();
        holds.values().forEach(hold -> ids.add(hold.imageId()));
        return ids;
    }
}
