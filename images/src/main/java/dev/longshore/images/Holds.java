package dev.longshore.images;

import dev.longshore.base.Digest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Who uses which image: a file per holder, so that a container that outlives this process keeps its image.
/// Thread-safe.
public final class Holds {

    private static final Logger log = LoggerFactory.getLogger(Holds.class);
    private static final Pattern HOLDER = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]{0,200}");

    private final Path directory;
    private final Map<String, Digest> holds = new ConcurrentHashMap<>();

    Holds(ImageLayout layout) {
        this.directory = layout.holds();
    }

    void start() throws IOException {
        Files.createDirectories(directory);
        for (Path file : Overlay.children(directory)) {
            try {
                holds.put(file.getFileName().toString(), Digest.parse(Files.readString(file)));
            } catch (IllegalArgumentException torn) {
                log.warn("a hold that cannot be read is dropped: {}", file.getFileName());
                Files.deleteIfExists(file);
            }
        }
    }

    /// From now on, also after a restart, `holder` (a container's id) uses the image with config `imageId`.
    public void hold(String holder, Digest imageId) throws IOException {
        if (!HOLDER.matcher(holder).matches()) {
            throw new IllegalArgumentException("not a holder's name: " + holder);
        }
        holds.put(holder, imageId);
        Files.writeString(directory.resolve(holder), imageId.toString());
    }

    /// `holder` needs its image no longer. Idempotent.
    public void release(String holder) throws IOException {
        if (holds.containsKey(holder)) {
            Files.deleteIfExists(directory.resolve(holder));
            holds.remove(holder);
        }
    }

    /// Somebody who uses `imageId`.
    public Optional<String> holderOf(Digest imageId) {
        return holds.entrySet().stream()
                .filter(hold -> hold.getValue().equals(imageId))
                .map(Map.Entry::getKey)
                .sorted()
                .findFirst();
    }

    /// Every holder's name.
    public Set<String> holders() {
        return Set.copyOf(holds.keySet());
    }

    /// Every image that somebody uses.
    public Set<Digest> imageIds() {
        return new HashSet<>(holds.values());
    }
}
