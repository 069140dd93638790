package dev.longshore.store;

import dev.longshore.store.Watcher.Batch;
import dev.longshore.store.Watcher.Event;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/// The running watches: hands each commit to them, and reads history for those that are behind.
final class Watchers {

    /// A chunk of history ends at the first revision boundary after so many matching changes, or so many looked
    /// at.
    private static final int CHUNK_CHANGES = 512;

    private static final int CHUNK_SCANNED = 16_384;

    /// Those of one key, so that others' changes cost them nothing, and those of more.
    private final Map<Key, Set<RevisionWatcher>> ofKeys = new ConcurrentHashMap<>();

    private final Set<RevisionWatcher> ofRanges = ConcurrentHashMap.newKeySet();
    private final KeyIndex index;
    private final Backend backend;
    private final RangeReader reader;
    private final Revisions revisions;
    private volatile boolean closed;
    private volatile long published;

    Watchers(KeyIndex index, Backend backend, RangeReader reader, Revisions revisions) {
        this.index = index;
        this.backend = backend;
        this.reader = reader;
        this.revisions = revisions;
        this.published = revisions.committed();
    }

    EmbeddedWatcher open(WatchQuery query) {
        if (query.fromRevision() != 0 && query.fromRevision() < revisions.compacted()) {
            throw compacted(query.fromRevision());
        }
        var watcher = new RevisionWatcher(query, this);
        remember(watcher);
        long committed = revisions.committed();
        watcher.start(query.fromRevision() == 0 ? committed + 1 : query.fromRevision(), committed);
        if (closed) {
            watcher.close();
            throw new StoreException(new StoreFault.Closed());
        }
        return watcher;
    }

    private void remember(RevisionWatcher watcher) {
        KeyRange range = watcher.range();
        if (range.isSingle()) {
            ofKeys.compute(range.start(), (_, others) -> {
                Set<RevisionWatcher> all = others == null ? ConcurrentHashMap.newKeySet() : others;
                all.add(watcher);
                return all;
            });
        } else {
            ofRanges.add(watcher);
        }
    }

    /// Hands the changes since the last call, up to `revision`, to all whom they concern.
    void publish(List<Change> changes, long revision) {
        long first = published + 1;
        for (RevisionWatcher watcher : ofRanges) {
            watcher.publish(changes, first);
        }
        if (!ofKeys.isEmpty()) {
            byKey(changes)
                    .forEach((key, its) ->
                            ofKeys.getOrDefault(key, Set.of()).forEach(watcher -> watcher.publish(its, first)));
        }
        published = revision;
    }

    /// A watcher must be given its changes together.
    private Map<Key, List<Change>> byKey(List<Change> changes) {
        var byKey = new HashMap<Key, List<Change>>();
        for (Change change : changes) {
            if (ofKeys.containsKey(change.key())) {
                byKey.computeIfAbsent(change.key(), _ -> new ArrayList<>()).add(change);
            }
        }
        return byKey;
    }

    void forget(RevisionWatcher watcher) {
        KeyRange range = watcher.range();
        if (range.isSingle()) {
            ofKeys.computeIfPresent(range.start(), (_, all) -> {
                all.remove(watcher);
                return all.isEmpty() ? null : all;
            });
        } else {
            ofRanges.remove(watcher);
        }
    }

    void close() {
        closed = true;
        Stream.concat(ofRanges.stream(), ofKeys.values().stream().flatMap(Set::stream))
                .toList()
                .forEach(RevisionWatcher::close);
    }

    /// All watchers have been given all changes up to this revision.
    long published() {
        return published;
    }

    long committed() {
        return revisions.committed();
    }

    /// The changes of whole revisions from `from` to at most `to` that lie in `range`.
    Chunk history(KeyRange range, long from, long to) {
        if (from < revisions.compacted()) {
            throw compacted(from);
        }
        var scan = new Scan(range, to);
        backend.scan(Records.indexKey(from, 0), Records.indexKey(to + 1, 0), scan);
        if (from < revisions.compacted()) {
            throw compacted(from);
        }
        var changes = new ArrayList<Change>(scan.found.size());
        for (Records.Indexed indexed : scan.found) {
            changes.add(change(indexed));
        }
        return new Chunk(changes, scan.upTo);
    }

    /// Fills in keys and values.
    Batch batch(WatchQuery query, List<Change> changes, long upTo) {
        if (changes.isEmpty()) {
            return new Batch(upTo, List.of());
        }
        var wanted = new ArrayList<Version>();
        for (Change change : changes) {
            wanted.add(change.version());
            if (query.previous()) {
                change.before().ifPresent(wanted::add);
            }
        }
        var values = reader.find(wanted).iterator();
        var events = new ArrayList<Event>(changes.size());
        for (Change change : changes) {
            Version version = change.version();
            byte[] value = values.next().orElseThrow(() -> reader.lost(version, version.revision));
            // A version before that compaction took is left out: the event itself is still true.
            Optional<KeyValue> previous = query.previous()
                    ? change.before().flatMap(before -> values.next().map(bytes -> before.entry(change.key(), bytes)))
                    : Optional.empty();
            KeyValue entry = version.entry(change.key(), value);
            events.add(version.deleted ? new Event.Delete(entry, previous) : new Event.Put(entry, previous));
        }
        return new Batch(upTo, List.copyOf(events));
    }

    private Change change(Records.Indexed indexed) {
        Key key = indexed.key();
        Version version = indexed.version();
        Optional<History> history = index.history(key);
        return new Change(
                key,
                history.flatMap(h -> h.exactly(version.revision, version.sub)).orElse(version),
                history.flatMap(h -> h.at(version.revision - 1)));
    }

    private StoreException compacted(long asked) {
        return new StoreException(new StoreFault.Compacted(asked, revisions.compacted()));
    }

    /// @param upTo every revision up to this one was looked at
    record Chunk(List<Change> changes, long upTo) {}

    private static final class Scan implements Backend.Visitor {
        private final KeyRange range;
        private final List<Records.Indexed> found = new ArrayList<>();
        private long upTo;
        private long last;
        private int scanned;

        Scan(KeyRange range, long to) {
            this.range = range;
            this.upTo = to;
        }

        @Override
        public boolean visit(byte[] key, byte[] value) {
            Records.Indexed indexed = Records.decode(key, value);
            long revision = indexed.version().revision;
            if (revision != last && (found.size() >= CHUNK_CHANGES || scanned >= CHUNK_SCANNED)) {
                upTo = last;
                return false;
            }
            last = revision;
            scanned++;
            if (range.contains(indexed.key())) {
                found.add(indexed);
            }
            return true;
        }
    }
}
