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
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.LongSupplier;

/// Objects by key in a [Store]. Every write names the revision that it changes; whoever lost the race reads
/// again.
public final class ObjectStore {

    /// Of one object, as etcd limits its requests.
    private static final int LARGEST = 1536 * 1024;

    /// As kube-apiserver passes it on, with neither reason nor details.
    private static final String OVER_QUOTA = "etcdserver: mvcc: database space exceeded";

    private final Store store;
    private final WatchCaches caches;

    /// Over `store`, of which `caches` know most.
    public ObjectStore(Store store, WatchCaches caches) {
        this.store = store;
        this.caches = caches;
    }

    /// The newest version under `key`. Which one that is the store says, from its memory; the bytes come from the
    /// cache if it has heard of that version already.
    public Optional<StoredObject> get(Key key) {
        Optional<StoredObject> heard = caches.glance(key);
        if (heard.isPresent() && isNewest(key, heard.get())) {
            return heard;
        }
        return read(RangeQuery.of(key)).entries().stream().findFirst().map(ObjectStore::object);
    }

    private boolean isNewest(Key key, StoredObject heard) {
        return versions(KeyRange.single(key)).equals(List.of(new Version(key, heard.revision())));
    }

    /// Which version of each object is the newest, which the store knows without reading any.
    public List<Version> versions(KeyRange range) {
        return read(new RangeQuery(range, 0, 0, true, false)).entries().stream()
                .map(entry -> new Version(entry.key(), entry.modRevision()))
                .toList();
    }

    /// What was last heard of `key`: perhaps not the newest.
    public Optional<StoredObject> recent(Key key) {
        return caches.glance(key).or(() -> get(key));
    }

    /// Stores what is not there yet.
    ///
    /// @param lease that it ends with; 0 for none
    /// @return its revision; empty when the key is taken
    public OptionalLong create(Key key, byte[] json, long lease) {
        return replace(key, 0, json, lease);
    }

    /// Replaces the version of `revision`.
    ///
    /// @param lease that it ends with; 0 for none
    /// @return the new revision; empty when that version is not the newest any more
    /// @throws FaultException with [Fault.TooLarge] when it is larger than etcd would take it, in the words that
    /// kube-apiserver passes on
    public OptionalLong replace(Key key, long revision, byte[] json, long lease) {
        if (json.length > LARGEST) {
            throw new FaultException(new Fault.TooLarge("etcdserver: request is too large"));
        }
        return commit(key, revision, new Txn.Operation.Put(key, json, lease, false));
    }

    /// Deletes the version of `revision`.
    ///
    /// @return the revision of the deletion; empty when that version is not the newest any more
    public OptionalLong delete(Key key, long revision) {
        return commit(key, revision, new Txn.Operation.Delete(key));
    }

    /// How many there are.
    public long count(KeyRange range) {
        return read(new RangeQuery(range, 0, 0, false, true)).count();
    }

    /// Some objects, in the order of their keys.
    ///
    /// @param revision 0 for the newest
    /// @param limit 0 for all
    public Page list(KeyRange range, long revision, long limit) {
        RangeResult names = read(new RangeQuery(range, revision, limit, true, false));
        long at = revision == 0 ? names.revision() : revision;
        Optional<List<Entry>> heard = heard(names);
        List<Entry> entries =
                heard.orElseGet(() -> read(new RangeQuery(range, at, limit, false, false)).entries().stream()
                        .map(entry -> new Entry(entry.key(), object(entry)))
                        .toList());
        return new Page(entries, at, names.count(), names.more());
    }

    /// The objects under `names`, if the caches have heard of all these versions.
    private Optional<List<Entry>> heard(RangeResult names) {
        var entries = new ArrayList<Entry>(names.entries().size());
        for (KeyValue name : names.entries()) {
            Optional<StoredObject> heard = caches.glance(name.key());
            if (heard.isEmpty() || heard.get().revision() != name.modRevision()) {
                return Optional.empty();
            }
            entries.add(new Entry(name.key(), heard.get()));
        }
        return Optional.of(List.copyOf(entries));
    }

    /// The newest revision.
    public long revision() {
        return told(store::revision);
    }

    /// The oldest revision that can still be read.
    public long oldest() {
        return told(store::compactedRevision);
    }

    private static long told(LongSupplier question) {
        try {
            return question.getAsLong();
        } catch (StoreException refused) {
            throw fault(refused);
        }
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
                        new Fault.TooLargeRevision(asked, newest);
                    case StoreFault.NoSpace(String detail) ->
                        new Fault.Unavailable("the store has no space left: " + detail);
                    case StoreFault.OverQuota _ -> new Fault.Foreign(500, "", OVER_QUOTA);
                    case StoreFault.ReadOnly(String detail) ->
                        new Fault.Unavailable("the store cannot write: " + detail);
                    case StoreFault.Closed _ -> new Fault.Unavailable("the server is shutting down");
                    // As kube-apiserver passes on what etcd's client says: an error without a reason, after which
                    // clients may ask again.
                    case StoreFault.Unavailable(String detail) -> new Fault.Foreign(500, "", detail);
                    case StoreFault.OutcomeUnknown(String detail) -> new Fault.Foreign(500, "", detail);
                    case StoreFault.Sealed(String detail) -> new Fault.Internal("Internal error occurred: " + detail);
                    case StoreFault.NoSuchKey _,
                            StoreFault.LeaseNotFound _,
                            StoreFault.LeaseExists _,
                            StoreFault.Damaged _,
                            StoreFault.Invalid _ ->
                        new Fault.Internal(
                                "Internal error occurred: " + refused.fault().message());
                };
        return new FaultException(fault, refused);
    }

    /// A version of the object under a key.
    public record Version(Key key, long revision) {}

    /// An object and its key.
    public record Entry(Key key, StoredObject object) {}

    /// Some of a range.
    ///
    /// @param revision at which it was read
    /// @param count how many there are in the whole range
    public record Page(List<Entry> entries, long revision, long count, boolean more) {}
}
