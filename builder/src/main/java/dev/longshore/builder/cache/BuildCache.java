package dev.longshore.builder.cache;

import dev.longshore.base.Digest;
import dev.longshore.base.Time;
import dev.longshore.images.Descriptor;
import dev.longshore.images.Image;
import dev.longshore.images.LocalImages;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;

/// What earlier builds leave for later ones, at most so many bytes of it: when there is more after a build, what
/// was not used for longest goes. What a running build uses stays; what images are made of costs nothing here and
/// does not count. Thread-safe.
public final class BuildCache {

    /// How much is kept if nobody says.
    public static final long USUAL_BYTES = 10L << 30;

    private static final int MOST_RECORDS = 20_000;

    private final LocalImages images;
    private final CacheRecords records;
    private final CacheMounts mounts;
    private final List<Shelf> shelves = new CopyOnWriteArrayList<>();
    private final Time time;
    private final long mostBytes;

    /// For builds into `images`.
    ///
    /// @param mostBytes the ceiling
    public BuildCache(LocalImages images, long mostBytes, Time time) {
        Path directory = images.layout().build();
        this.images = images;
        this.records = new CacheRecords(directory.resolve("cache"));
        this.mounts = new CacheMounts(directory.resolve("mounts"), time);
        this.time = time;
        this.mostBytes = mostBytes;
    }

    /// Something else that counts as a part of the cache. Thread-safe.
    public interface Shelf {
        /// What is there.
        List<CacheEntry> entries();

        /// Lets go the piece `id`; false if it is in use or not there.
        boolean forget(String id) throws IOException;
    }

    /// What a pruning came to.
    ///
    /// @param bytes how much room there is now that there was not before
    public record Pruned(List<String> ids, long bytes) {
        public Pruned {
            ids = List.copyOf(ids);
        }
    }

    /// Counts what `shelf` has from now on.
    public void add(Shelf shelf) {
        shelves.add(shelf);
    }

    /// Reads what there is, keeps what it needs from the collector, and sees to the ceiling.
    public void start() throws IOException {
        records.start();
        mounts.start();
        images.collector().addNeeds(records::needs);
        enforce();
    }

    /// A build begins to use the cache; what it uses stays until it closes this.
    public CacheUse use() {
        return new CacheUse(records, time);
    }

    /// The directories of cache mounts.
    public CacheMounts mounts() {
        return mounts;
    }

    /// Everything there is, the least recently used first.
    public List<CacheEntry> entries() throws IOException {
        Set<Digest> shared = new HashSet<>();
        for (Image image : images.images().list()) {
            image.manifest().layers().stream().map(Descriptor::digest).forEach(shared::add);
        }
        var entries = new ArrayList<>(records.entries(shared::contains));
        entries.addAll(mounts.entries());
        shelves.forEach(shelf -> entries.addAll(shelf.entries()));
        entries.sort(Comparator.comparing(CacheEntry::lastUsed).thenComparing(CacheEntry::id));
        return List.copyOf(entries);
    }

    /// Sees to the ceiling.
    public Pruned enforce() throws IOException {
        List<CacheEntry> entries = entries();
        long tooMany = entries.size() - MOST_RECORDS;
        Pruned pruned = prune(new PruneWish(false, java.util.Optional.empty(), mostBytes, any -> true), entries);
        if (tooMany > pruned.ids().size()) {
            for (CacheEntry entry : entries.subList(0, (int) tooMany)) {
                forget(entry);
            }
        }
        return pruned;
    }

    /// Lets go what `wish` says.
    public Pruned prune(PruneWish wish) throws IOException {
        return prune(wish, entries());
    }

    private Pruned prune(PruneWish wish, List<CacheEntry> entries) throws IOException {
        long bytes = entries.stream()
                .filter(entry -> !entry.shared())
                .mapToLong(CacheEntry::bytes)
                .sum();
        var gone = new ArrayList<String>();
        long freed = 0;
        for (CacheEntry entry : entries) {
            boolean isEnough = wish.keepBytes() > 0 && bytes <= wish.keepBytes();
            if (!isEnough && wish.concerns(entry) && forget(entry)) {
                gone.add(entry.id());
                long room = entry.shared() ? 0 : entry.bytes();
                bytes -= room;
                freed += room;
            }
        }
        if (!gone.isEmpty()) {
            images.collector().collect();
        }
        return new Pruned(gone, freed);
    }

    private boolean forget(CacheEntry entry) throws IOException {
        return switch (entry.type()) {
            case REGULAR -> records.forget(new StepKey(entry.id()));
            case CACHE_MOUNT -> mounts.forget(entry.id());
            case CONTEXT -> forgetContext(entry.id());
        };
    }

    private boolean forgetContext(String id) throws IOException {
        for (Shelf shelf : shelves) {
            if (shelf.forget(id)) {
                return true;
            }
        }
        return false;
    }
}
