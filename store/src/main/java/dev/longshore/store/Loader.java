package dev.longshore.store;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Rebuilds from the backend what the engine keeps in memory. Reads the index only, not the values.
final class Loader {

    private static final int DELETE_CHUNK = 1024;

    private final Backend backend;

    Loader(Backend backend) {
        this.backend = backend;
    }

    /// The revisions of the store; sets a new one up.
    Revisions revisions() {
        return found().orElseGet(() -> {
            var writes = new Backend.Writes();
            writes.put(Records.FORMAT_KEY, Records.number(Records.FORMAT));
            writes.put(Records.REVISION, Records.number(1));
            backend.write(writes, true);
            return new Revisions(1, 0);
        });
    }

    /// The revisions of the store, unless it is a new one.
    Optional<Revisions> found() {
        List<Optional<byte[]>> found = backend.get(List.of(Records.FORMAT_KEY, Records.REVISION, Records.COMPACTED));
        if (found.get(0).isEmpty()) {
            if (found.get(1).isPresent()) {
                throw new StoreException(new StoreFault.Damaged("no format record"));
            }
            requireNoted(0);
            return Optional.empty();
        }
        long format = Records.number(found.get(0).get());
        if (format != Records.FORMAT) {
            throw new StoreException(new StoreFault.Damaged("unknown format " + format));
        }
        long committed = found.get(1)
                .map(Records::number)
                .orElseThrow(() -> new StoreException(new StoreFault.Damaged("no revision record")));
        requireNoted(committed);
        return Optional.of(
                new Revisions(committed, found.get(2).map(Records::number).orElse(0L)));
    }

    /// What was acknowledged must be there.
    private void requireNoted(long committed) {
        Optional<Long> noted = backend.noted();
        if (noted.isPresent() && noted.get() > committed) {
            throw new StoreException(new StoreFault.Damaged(
                    "revision %d was acknowledged, and the last that is found is %d: the end of its log is missing"
                            .formatted(noted.get(), committed)));
        }
    }

    void index(KeyIndex index, Revisions revisions) {
        backend.scan(Records.indexKey(0, 0), Records.INDEX_END, (key, value) -> {
            Records.Indexed indexed = Records.decode(key, value);
            if (indexed.version().revision > revisions.committed()) {
                throw new StoreException(new StoreFault.Damaged("revision %d lies after the last, %d"
                        .formatted(indexed.version().revision, revisions.committed())));
            }
            index.append(indexed.key(), indexed.version());
            return true;
        });
        // A compaction that was cut short left versions behind that nobody may see any more.
        drop(backend, index.compact(revisions.compacted()));
    }

    /// Whether the alarm of the quota is raised.
    boolean isAlarmed() {
        return backend.get(List.of(Records.NO_SPACE)).getFirst().isPresent();
    }

    Map<Long, Duration> leases() {
        var leases = new TreeMap<Long, Duration>();
        backend.scan(Records.LEASES, Records.LEASES_END, (key, value) -> {
            leases.put(Records.leaseId(key), Duration.ofMillis(Records.number(value)));
            return true;
        });
        return leases;
    }

    /// Deletes compacted versions, a chunk at a time; need not be synced, for the next start does it again.
    static void drop(Backend backend, List<Version> versions) {
        for (int i = 0; i < versions.size(); i += DELETE_CHUNK) {
            var writes = new Backend.Writes();
            for (Version version : versions.subList(i, Math.min(versions.size(), i + DELETE_CHUNK))) {
                delete(writes, version);
            }
            backend.write(writes, false);
        }
    }

    /// Deletes what a failed write left after the last committed revision.
    static void discardAfter(Backend backend, long committed) {
        var writes = new Backend.Writes();
        backend.scan(Records.indexKey(committed + 1, 0), Records.INDEX_END, (key, value) -> {
            delete(writes, Records.decode(key, value).version());
            return true;
        });
        writes.put(Records.REVISION, Records.number(committed));
        backend.write(writes, true);
    }

    private static void delete(Backend.Writes writes, Version version) {
        writes.delete(Records.indexKey(version));
        if (!version.deleted) {
            writes.delete(Records.valueKey(version));
        }
    }
}
