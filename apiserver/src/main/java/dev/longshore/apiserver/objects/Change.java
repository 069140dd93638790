package dev.longshore.apiserver.objects;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/// One change of one object, shared by all who watch it. What is derived from it (parsed trees, encoded frames)
/// is made once, by the first who asks.
public final class Change {

    private final String path;
    private final Optional<StoredObject> object;
    private final Optional<StoredObject> previous;
    private final long revision;
    private final Map<Object, Object> derived = new ConcurrentHashMap<>();

    /// @param path the key
    /// @param object what is there now; empty after a deletion
    /// @param previous what was there before
    /// @param revision of the change
    Change(String path, Optional<StoredObject> object, Optional<StoredObject> previous, long revision) {
        this.path = path;
        this.object = object;
        this.previous = previous;
        this.revision = revision;
    }

    /// The key where it happened, as text.
    public String path() {
        return path;
    }

    /// When it happened.
    public long revision() {
        return revision;
    }

    /// The bytes of what is there now.
    public Optional<StoredObject> stored() {
        return object;
    }

    /// The bytes of what was there before, at this change's revision.
    public Optional<StoredObject> last() {
        return previous.map(gone -> new StoredObject(gone.json(), revision));
    }

    /// What `make` makes, once for each `key`.
    @SuppressWarnings("unchecked")
    public <T> T derive(Object as, Supplier<T> make) {
        return (T) derived.computeIfAbsent(as, unseen -> make.get());
    }
}
