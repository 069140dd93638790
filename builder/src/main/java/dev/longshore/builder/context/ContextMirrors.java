package dev.longshore.builder.context;

import dev.longshore.base.Digest;
import dev.longshore.base.Time;
import dev.longshore.builder.cache.BuildCache;
import dev.longshore.builder.cache.CacheEntry;
import dev.longshore.builder.cache.Trees;
import dev.longshore.builder.stage.Contents;
import dev.longshore.builder.stage.MirrorContents;
import dev.longshore.images.FileMirror;
import dev.longshore.images.Layers;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/// The files of contexts that were built from lately, so that the next build from the same one only brings what is
/// new. One build has a mirror at a time; another of the same kind gets one of its own. A few are kept, none over a
/// restart: what was not finished then nobody knows. Thread-safe.
public final class ContextMirrors implements BuildCache.Shelf {

    private static final int MOST = 8;

    private final Path directory;
    private final Layers layers;
    private final Time time;
    private final LinkedHashMap<String, Held> idle = new LinkedHashMap<>();
    private final Map<Path, Held> used = new HashMap<>();

    /// In `directory`, which is this one's alone.
    public ContextMirrors(Path directory, Layers layers, Time time) {
        this.directory = directory;
        this.layers = layers;
        this.time = time;
    }

    /// @param bytes when it was last at rest: while it is filled, only who fills it may ask it
    private record Held(
            String id,
            String kind,
            Path place,
            FileMirror mirror,
            long bytes,
            Instant created,
            Instant last,
            int uses) {

        Held restingSince(Instant now) {
            return new Held(id, kind, place, mirror, mirror.bytes(), created, now, uses + 1);
        }

        CacheEntry entry(boolean isUsed) {
            return new CacheEntry(
                    id, CacheEntry.Type.CONTEXT, "local source for context", bytes, created, last, uses, isUsed, false);
        }
    }

    /// Removes what an earlier process left.
    public void start() throws IOException {
        Files.createDirectories(directory);
        // Contexts hold set-id programs of strangers, perhaps: nobody but us may reach them.
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
        List<Path> left;
        try (var children = Files.list(directory)) {
            left = children.toList();
        }
        for (Path each : left) {
            Trees.delete(each);
        }
    }

    /// A mirror for a context of the kind `kind`, whatever that is: contexts of one kind are much alike. It is the
    /// caller's until [#release] or [#drop].
    public FileMirror take(String kind) throws IOException {
        synchronized (this) {
            Held held = idle.remove(kind);
            if (held != null) {
                used.put(held.mirror().directory(), held);
                return held.mirror();
            }
        }
        String id = Digest.sha256(UUID.randomUUID().toString().getBytes(StandardCharsets.US_ASCII))
                .hex()
                .substring(0, 25);
        Path place = Files.createDirectories(directory.resolve(id));
        FileMirror mirror = layers.mirror(Files.createDirectory(place.resolve("files")));
        synchronized (this) {
            used.put(mirror.directory(), new Held(id, kind, place, mirror, 0, time.now(), time.now(), 0));
        }
        return mirror;
    }

    /// What is known of the files in `context`; `otherwise` if it is none of the mirrors.
    public synchronized Contents contents(Path context, Contents otherwise) {
        return Optional.ofNullable(used.get(context))
                .filter(held -> held.mirror().isExact())
                .<Contents>map(held -> new MirrorContents(held.mirror(), otherwise))
                .orElse(otherwise);
    }

    /// The build with the mirror in `context` is over; false if that is none.
    public boolean release(Path context) throws IOException {
        var gone = new ArrayList<Held>();
        synchronized (this) {
            Held held = used.remove(context);
            if (held == null) {
                return false;
            }
            if (held.mirror().isExact()) {
                Held now = held.restingSince(time.now());
                Optional.ofNullable(idle.put(held.kind(), now)).ifPresent(gone::add);
                if (idle.size() > MOST) {
                    gone.add(idle.pollFirstEntry().getValue());
                }
            } else {
                gone.add(held);
            }
        }
        for (Held each : gone) {
            Trees.delete(each.place());
        }
        return true;
    }

    /// What is in the mirror in `context` is worth nothing.
    public void drop(Path context) throws IOException {
        Held held;
        synchronized (this) {
            held = used.remove(context);
        }
        if (held != null) {
            Trees.delete(held.place());
        }
    }

    @Override
    public synchronized List<CacheEntry> entries() {
        var entries = new ArrayList<CacheEntry>();
        idle.values().forEach(held -> entries.add(held.entry(false)));
        used.values().forEach(held -> entries.add(held.entry(true)));
        return entries;
    }

    @Override
    public boolean forget(String id) throws IOException {
        Held held;
        synchronized (this) {
            held = idle.values().stream()
                    .filter(each -> each.id().equals(id))
                    .findFirst()
                    .orElse(null);
            if (held == null) {
                return false;
            }
            idle.remove(held.kind());
        }
        Trees.delete(held.place());
        return true;
    }
}
