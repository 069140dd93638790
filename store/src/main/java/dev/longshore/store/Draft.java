package dev.longshore.store;

import dev.longshore.store.TxnResult.Result;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;

/// Transactions that are applied but not committed: the work of one group commit. It appends to the index at
/// revisions that readers do not look at yet, so that later transactions of the group see earlier ones, and can
/// take all of it back. Used by the committer's thread only.
final class Draft {

    private final KeyIndex index;
    private final RangeReader reader;
    private final Leases leases;
    private final List<Change> changes = new ArrayList<>();
    private final long committed;
    private long revision;
    private int mark;

    Draft(KeyIndex index, RangeReader reader, Leases leases, long committed) {
        this.index = index;
        this.reader = reader;
        this.leases = leases;
        this.committed = committed;
        this.revision = committed;
    }

    /// Runs one transaction; if it throws, nothing of it has happened.
    TxnResult apply(Txn txn) {
        mark = changes.size();
        try {
            Way way = Way.of(txn, this::holds);
            // What cannot be done is noticed, as in etcd, before anything is done, and of puts first.
            way.forEach(txn, this::requirePossible);
            way.forEach(txn, this::requireReadable);
            TxnResult result = run(txn, way);
            settle();
            return result;
        } catch (RuntimeException e) {
            undoTo(mark);
            throw e;
        }
    }

    /// Deletes `keys` in one revision.
    void delete(Iterable<Key> keys) {
        mark = changes.size();
        keys.forEach(this::delete);
        settle();
    }

    List<Change> changes() {
        return changes;
    }

    /// The revision of the last transaction that wrote.
    long revision() {
        return revision;
    }

    boolean isEmpty() {
        return changes.isEmpty();
    }

    void undo() {
        undoTo(0);
        revision = committed;
    }

    /// What must reach the backend.
    Backend.Writes writes() {
        var writes = new Backend.Writes();
        for (Change change : changes) {
            Version version = change.version();
            writes.put(Records.indexKey(version), Records.encode(change.key(), version));
            if (!version.deleted) {
                writes.put(Records.valueKey(version), version.recent());
            }
        }
        writes.put(Records.REVISION, Records.number(revision));
        return writes;
    }

    private void settle() {
        if (changes.size() > mark) {
            revision++;
        }
    }

    private void undoTo(int size) {
        while (changes.size() > size) {
            index.undo(changes.removeLast().key());
        }
    }

    /// The revision that a step of the running transaction sees.
    private long visible() {
        return changes.size() > mark ? revision + 1 : revision;
    }

    private TxnResult run(Txn txn, Way way) {
        var results = new ArrayList<Result>();
        var within = way.within().iterator();
        for (Txn.Operation operation : way.operations(txn)) {
            results.add(
                    switch (operation) {
                        case Txn.Operation.Get(var query) -> new Result.Got(get(query));
                        case Txn.Operation.Put put -> put(put);
                        case Txn.Operation.Change change -> put(whole(change));
                        case Txn.Operation.Delete delete -> delete(delete);
                        case Txn.Operation.Nested(var nested) -> new Result.Ran(run(nested, within.next()));
                    });
        }
        return new TxnResult(visible(), way.succeeded(), Collections.unmodifiableList(results));
    }

    private boolean holds(Txn.Compare compare) {
        var found = new ArrayList<Boolean>();
        index.forEach(compare.range(), visible(), (key, version) -> found.add(holds(compare, key, version)));
        return found.isEmpty() ? holdsForNothing(compare) : found.stream().allMatch(Boolean::booleanValue);
    }

    private boolean holds(Txn.Compare compare, Key key, Version version) {
        int order =
                switch (compare.target()) {
                    case Txn.Target.Version(var value) -> Long.compare(version.version, value);
                    case Txn.Target.CreateRevision(var value) -> Long.compare(version.createRevision, value);
                    case Txn.Target.ModRevision(var value) -> Long.compare(version.revision, value);
                    case Txn.Target.LeaseId(var value) -> Long.compare(version.lease, value);
                    case Txn.Target.Value(var value) ->
                        java.util.Arrays.compareUnsigned(
                                reader.entry(key, version, visible()).value(), value);
                };
        return holds(compare.relation(), order);
    }

    private static boolean holdsForNothing(Txn.Compare compare) {
        return switch (compare.target()) {
            case Txn.Target.Version(var value) -> holds(compare.relation(), Long.compare(0, value));
            case Txn.Target.CreateRevision(var value) -> holds(compare.relation(), Long.compare(0, value));
            case Txn.Target.ModRevision(var value) -> holds(compare.relation(), Long.compare(0, value));
            case Txn.Target.LeaseId(var value) -> holds(compare.relation(), Long.compare(0, value));
            case Txn.Target.Value _ -> false;
        };
    }

    private static boolean holds(Txn.Relation relation, int order) {
        return switch (relation) {
            case EQUAL -> order == 0;
            case NOT_EQUAL -> order != 0;
            case GREATER -> order > 0;
            case LESS -> order < 0;
        };
    }

    private RangeResult get(RangeQuery query) {
        return reader.read(query, query.revision() <= 0 ? visible() : query.revision(), visible());
    }

    private void requirePossible(Txn.Operation operation) {
        switch (operation) {
            case Txn.Operation.Put put -> requireLease(put.lease());
            case Txn.Operation.Change change -> {
                requireKey(change.key());
                requireLease(change.lease().orElse(0));
            }
            case Txn.Operation.Get _, Txn.Operation.Delete _, Txn.Operation.Nested _ -> {}
        }
    }

    private void requireReadable(Txn.Operation operation) {
        if (operation instanceof Txn.Operation.Get(var query)) {
            reader.check(query.revision(), revision);
        }
    }

    private void requireLease(long lease) {
        if (lease != 0) {
            leases.require(lease);
        }
    }

    private Version requireKey(Key key) {
        return index.at(key, visible()).orElseThrow(() -> new StoreException(new StoreFault.NoSuchKey(key.toString())));
    }

    private Txn.Operation.Put whole(Txn.Operation.Change change) {
        Version old = requireKey(change.key());
        byte[] value = change.value()
                .orElseGet(() -> reader.entry(change.key(), old, visible()).value());
        return new Txn.Operation.Put(change.key(), value, change.lease().orElse(old.lease), change.previous());
    }

    private Result put(Txn.Operation.Put put) {
        Optional<Version> before = index.at(put.key(), visible());
        Optional<KeyValue> previous =
                put.previous() ? before.map(old -> reader.entry(put.key(), old, visible())) : Optional.empty();
        long at = revision + 1;
        long created = before.map(old -> old.createRevision).orElse(at);
        long number = before.map(old -> old.version).orElse(0L) + 1;
        int sub = changes.size() - mark;
        append(put.key(), Version.written(at, sub, created, number, put.lease(), put.value()), before);
        return new Result.Wrote(previous);
    }

    private Result delete(Txn.Operation.Delete delete) {
        long at = visible();
        var doomed = new ArrayList<Key>();
        var versions = new ArrayList<Version>();
        index.forEach(delete.range(), at, (key, version) -> {
            doomed.add(key);
            versions.add(version);
        });
        var previous = new ArrayList<KeyValue>();
        if (delete.previous()) {
            List<byte[]> values = reader.values(versions, at);
            for (int i = 0; i < doomed.size(); i++) {
                previous.add(versions.get(i).entry(doomed.get(i), values.get(i)));
            }
        }
        doomed.forEach(this::delete);
        return new Result.Deleted(doomed.size(), Collections.unmodifiableList(previous));
    }

    private void delete(Key key) {
        Optional<Version> before = index.at(key, visible());
        if (before.isPresent()) {
            append(key, Version.tombstone(revision + 1, changes.size() - mark), before);
        }
    }

    private void append(Key key, Version version, Optional<Version> before) {
        index.append(key, version);
        changes.add(new Change(key, version, before));
    }

    /// Which branch a transaction takes, and those within that branch, in their order.
    private record Way(boolean succeeded, List<Way> within) {

        static Way of(Txn txn, Predicate<Txn.Compare> holds) {
            boolean succeeded = txn.compares().stream().allMatch(holds);
            var within = new ArrayList<Way>();
            for (Txn.Operation operation : succeeded ? txn.success() : txn.failure()) {
                if (operation instanceof Txn.Operation.Nested(var nested)) {
                    within.add(of(nested, holds));
                }
            }
            return new Way(succeeded, within);
        }

        /// All operations that will run, those within too.
        void forEach(Txn txn, Consumer<Txn.Operation> visitor) {
            var inner = within.iterator();
            for (Txn.Operation operation : operations(txn)) {
                visitor.accept(operation);
                if (operation instanceof Txn.Operation.Nested(var nested)) {
                    inner.next().forEach(nested, visitor);
                }
            }
        }

        List<Txn.Operation> operations(Txn txn) {
            return succeeded ? txn.success() : txn.failure();
        }
    }
}
