package dev.longshore.apiserver.objects;

import dev.longshore.model.Fault;
import dev.longshore.model.FaultException;
import dev.longshore.store.Key;
import dev.longshore.store.KeyRange;
import dev.longshore.store.KeyValue;
import dev.longshore.store.RangeQuery;
import dev.longshore.store.RangeResult;
import dev.longshore.store.Store;
import dev.longshore.store.StoreException;
import dev.longshore.store.StoreFault;
import dev.longshore.store.Txn;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// Objects by key in a [Store]. Every write names the revision that it changes; whoever lost the race reads
/// again.
public final class ObjectStore {

    private final Store store;

    /// Over `store`.
    public ObjectStore(Store store) {
        this.store = store;
    }

    /// The newest version under `key`.
    public Optional<StoredObject> get(Key key) {
        return read(RangeQuery.of(key)).entries().stream().findFirst().map(ObjectStore::object);
    }

    /// Stores what is not there yet.
    ///
    /// @return its revision; empty when the key is taken
    public OptionalLong create(Key key, byte[] json) {
        return replace(key, 0, json);
    }

    /// Replaces the version of `revision`.
    ///
    /// @return the new revision; empty when that version is not the newest any more
    public OptionalLong replace(Key key, long revision, byte[] json) {
        return commit(key, revision, new Txn.Operation.Put(key, json));
    }

    /// Deletes the version of `revision`.
    ///
    /// @return the revision of the deletion; empty when that version is not the newest any more
    public OptionalLong delete(Key key, long revision) {
        return commit(key, revision, new Txn.Operation.Delete(key));
    }

    /// Some objects, in the order of their keys.
    ///
    /// @param revision 0 for the newest
    /// @param limit 0 for all
    public Page list(KeyRange range, long revision, long limit) {
        RangeResult result = read(new RangeQuery(range, revision, limit, false, false));
        return new Page(
                result.entries().stream()
                        .map(entry -> new Entry(entry.key(), object(entry)))
                        .toList(),
                revision == 0 ? result.revision() : revision,
                result.count(),
                result.more());
    }

    /// The newest revision.
    public long revision() {
        return store.revision();
    }

    private OptionalLong commit(Key key, long revision, Txn.Operation operation) {
        try {
            var result = store.commit(
                    new Txn(List.of(Txn.Compare.modRevision(key, revision)), List.of(operation), List.of()));
            return result.succeeded() ? OptionalLong.of(result.revision()) : OptionalLong.empty();
        } catch (StoreException refused) {
            throw fault(refused);
        }
    }

    private RangeResult read(RangeQuery query) {
        try {
            return store.range(query);
        } catch (StoreException refused) {
            throw fault(refused);
        }
    }

    private static StoredObject object(KeyValue entry) {
        return new StoredObject(entry.value(), entry.modRevision());
    }

    static FaultException fault(StoreException refused) {
        Fault fault =
                switch (refused.fault()) {
                    case StoreFault.Compacted _ ->
                        new Fault.Expired("The resourceVersion for the provided list is too old.");
                    case StoreFault.FutureRevision(long asked, long newest) ->
                        new Fault.Timeout("Too large resource version: %d, current: %d".formatted(asked, newest));
                    case StoreFault.NoSpace(String detail) ->
                        new Fault.Unavailable("the store has no space left: " + detail);
                    case StoreFault.ReadOnly(String detail) ->
                        new Fault.Unavailable("the store cannot write: " + detail);
                    case StoreFault.Closed _ -> new Fault.Unavailable("the server is shutting down");
                    case StoreFault.LeaseNotFound _,
                            StoreFault.LeaseExists _,
                            StoreFault.Damaged _,
                            StoreFault.Invalid _ ->
                        new Fault.Internal(
                                "Internal error occurred: " + refused.fault().message());
                };
        return new FaultException(fault, refused);
    }

    /// An object and its key.
    public record Entry(Key key, StoredObject object) {}

    /// Some of a range.
    ///
    /// @param revision at which it was read
    /// @param count how many there are in the whole range
    public record Page(List<Entry> entries, long revision, long count, boolean more) {}
}
