package dev.longshore.store;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.LongFunction;

/// Reads ranges at a revision: keys from the index, values from memory or the backend.
final class RangeReader {

    /// What etcd calls the compacted revision of a store that never was.
    private static final long NEVER = -1;

    private final KeyIndex index;
    private final Backend backend;
    private final Revisions revisions;
    private final KeyCounts counts;

    RangeReader(KeyIndex index, KeyCounts counts, Backend backend, Revisions revisions) {
        this.index = index;
        this.counts = counts;
        this.backend = backend;
        this.revisions = revisions;
    }

    /// The newest committed state, or the one at the query's revision.
    RangeResult committed(RangeQuery query) {
        return query.revision() == 0
                ? newest(newest -> count(query, newest, newest))
                : count(query, query.revision(), revisions.committed());
    }

    /// Spares a reader who wants few keys, or none, to walk all that it asks to be counted.
    private RangeResult count(RangeQuery query, long at, long newest) {
        revisions.check(at, newest);
        boolean isPart = query.countOnly() || query.limit() > 0;
        OptionalLong known = isPart ? counts.of(query.range(), at) : OptionalLong.empty();
        if (known.isEmpty()) {
            return read(query, at, newest);
        }
        var page = new Page(query);
        if (!query.countOnly()) {
            index.forEach(query.range(), at, query.limit(), page::add);
        }
        return result(page, known.getAsLong(), at, newest);
    }

    /// Runs `read` with the newest revision; again, when writes and a compaction past them overtook it.
    <T> T newest(LongFunction<T> read) {
        while (true) {
            long newest = revisions.committed();
            try {
                return read.apply(newest);
            } catch (StoreException e) {
                if (!(e.fault() instanceof StoreFault.Compacted) || revisions.committed() == newest) {
                    throw e;
                }
            }
        }
    }

    /// The state at revision `at` of a store whose newest revision is `newest`.
    RangeResult read(RangeQuery query, long at, long newest) {
        revisions.check(at, newest);
        var page = new Page(query);
        index.forEach(query.range(), at, page::add);
        return result(page, page.count, at, newest);
    }

    private RangeResult result(Page page, long count, long at, long newest) {
        RangeQuery query = page.query;
        List<KeyValue> entries = query.keysOnly() ? page.names() : page.entries(values(page.versions, at));
        // Compaction may have run beside us and taken versions away before we looked.
        revisions.check(at, newest);
        return new RangeResult(newest, entries, count, count > entries.size() && !query.countOnly());
    }

    /// Whether `revision` can be read in a transaction; below 0 is, as in etcd, the newest for a store that was never
    /// compacted, and too old for others.
    void check(long revision, long newest) {
        if (revision > 0 || revision < 0 && (revision < NEVER || revisions.compacted() > 0)) {
            revisions.check(revision, newest);
        }
    }

    KeyValue entry(Key key, Version version, long at) {
        return version.entry(key, values(List.of(version), at).getFirst());
    }

    /// The values of `versions`, in their order, which a reader at `at` sees.
    List<byte[]> values(List<Version> versions, long at) {
        List<Optional<byte[]>> found = find(versions);
        var values = new byte[versions.size()][];
        for (int i = 0; i < values.length; i++) {
            Version version = versions.get(i);
            values[i] = found.get(i).orElseThrow(() -> lost(version, at));
        }
        return List.of(values);
    }

    /// The values of `versions`, in their order; empty for what was compacted away.
    List<Optional<byte[]>> find(List<Version> versions) {
        var values = new ArrayList<Optional<byte[]>>(versions.size());
        var missing = new ArrayList<Integer>();
        for (int i = 0; i < versions.size(); i++) {
            values.add(Optional.ofNullable(versions.get(i).recent()));
            if (values.get(i).isEmpty()) {
                missing.add(i);
            }
        }
        if (!missing.isEmpty()) {
            List<Optional<byte[]>> found = backend.get(
                    missing.stream().map(i -> Records.valueKey(versions.get(i))).toList());
            for (int i = 0; i < missing.size(); i++) {
                values.set(missing.get(i), found.get(i));
            }
        }
        return values;
    }

    StoreException lost(Version version, long at) {
        long oldest = revisions.compacted();
        return new StoreException(
                at < oldest
                        ? new StoreFault.Compacted(at, oldest)
                        : new StoreFault.Damaged(
                                "the value of revision %d.%d is missing".formatted(version.revision, version.sub)));
    }

    /// What a query wants of the keys that the index shows.
    private static final class Page {
        private final RangeQuery query;
        private final List<Key> keys = new ArrayList<>();
        private final List<Version> versions = new ArrayList<>();
        private long count;

        Page(RangeQuery query) {
            this.query = query;
        }

        void add(Key key, Version version) {
            count++;
            if (!query.countOnly() && (query.limit() <= 0 || keys.size() < query.limit())) {
                keys.add(key);
                versions.add(version);
            }
        }

        List<KeyValue> names() {
            var entries = new ArrayList<KeyValue>(keys.size());
            for (int i = 0; i < keys.size(); i++) {
                entries.add(versions.get(i).entry(keys.get(i), Version.NO_VALUE));
            }
            return List.copyOf(entries);
        }

        List<KeyValue> entries(List<byte[]> values) {
            var entries = new ArrayList<KeyValue>(keys.size());
            for (int i = 0; i < keys.size(); i++) {
                entries.add(versions.get(i).entry(keys.get(i), values.get(i)));
            }
            return List.copyOf(entries);
        }
    }
}
