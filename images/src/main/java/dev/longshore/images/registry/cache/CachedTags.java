package dev.longshore.images.registry.cache;

import dev.longshore.base.Digest;
import dev.longshore.base.Json;
import dev.longshore.base.Time;
import dev.longshore.images.Reference;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Which tags here are copies of others' and may be replaced by them, and when each was last compared. Tags that
/// were built or pushed here are none. On disk, for copies outlive the process. Thread-safe.
final class CachedTags {

    private static final Logger log = LoggerFactory.getLogger(CachedTags.class);

    private final Path file;
    private final Time time;
    private final TreeMap<String, Digest> copies = new TreeMap<>();
    private final Map<String, Long> compared = new HashMap<>();

    CachedTags(Path file, Time time) {
        this.file = file;
        this.time = time;
    }

    void start() throws IOException {
        if (!Files.exists(file)) {
            return;
        }
        try {
            synchronized (this) {
                Json.parse(Files.readAllBytes(file))
                        .properties()
                        .forEach(entry -> copies.put(
                                entry.getKey(), Digest.parse(entry.getValue().asString())));
            }
        } catch (Json.MalformedException | IllegalArgumentException torn) {
            log.warn("{} cannot be read: the tags that were fetched count as made here", file);
        }
    }

    /// True if `tagged` is a copy, as long as it points to what was fetched.
    synchronized boolean isCopy(Reference tagged, Digest target) {
        return target.equals(copies.get(tagged.toString()));
    }

    /// True if it was compared less than `life` ago.
    synchronized boolean isFresh(Reference tagged, Duration life) {
        Long since = compared.get(tagged.toString());
        return since != null && time.nanoTime() - since < life.toNanos();
    }

    synchronized void compared(Reference tagged) {
        compared.put(tagged.toString(), time.nanoTime());
    }

    synchronized void copied(Reference tagged, Digest target) throws IOException {
        compared(tagged);
        if (target.equals(copies.put(tagged.toString(), target))) {
            return;
        }
        var tree = Json.object();
        copies.forEach((name, digest) -> tree.put(name, digest.toString()));
        Files.createDirectories(file.getParent());
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        Files.write(fresh, Json.bytes(tree));
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
