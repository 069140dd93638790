package dev.longshore.apiserver.objects;

import dev.longshore.store.Key;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/// One change of one object, shared by all who watch it. What is derived from it (encoded frames, and parsed
/// trees where there is no way around) is made once, by the first who asks, and forgotten when the change is old
/// enough for most to have seen it.
public final class Change {

    private final Key key;
    private final Optional<StoredObject> object;
    private final Optional<StoredObject> previous;
    private final long revision;
    private final Map<Object, Object> derived = new ConcurrentHashMap<>(4);

    /// @param object what is there now; empty after a deletion
    /// @param previous what was there before
    /// @param revision of the change
    Change(Key key, Optional<StoredObject> object, Optional<StoredObject> previous, long revision) {
        this.key = key;
        this.object = object;
        this.previous = previous;
        this.revision = revision;
    }

    /// Where it happened.
    public Key key() {
        return key;
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

    /// Drops what was derived; who still asks derives it again.
    void forgetDerived() {
        derived.clear();
    }

    /// About how many bytes it keeps alive.
    int weight() {
        return object.map(now -> now.json().length).orElse(0)
                + previous.map(before -> before.json().length).orElse(0);
    }
}
