package dev.longshore.apiserver;

import dev.longshore.apiserver.objects.ObjectStore;
import dev.longshore.apiserver.objects.StoredObject;
import dev.longshore.model.GroupVersionKind;
import dev.longshore.model.Resource;
import dev.longshore.model.ResourceDefinition;
import dev.longshore.store.Key;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// The few small objects that every write asks for (its namespace, its service account, priority classes …),
/// parsed: copying a tree costs a third of reading it. Full means that all is forgotten.
final class ParsedObjects {

    private static final int LIMIT = 256;
    private static final int LARGEST = 4096;

    private final Map<Place, Parsed> known = new ConcurrentHashMap<>();

    /// A copy of `version` that the caller may change, if that is the one that is known.
    Optional<Resource> find(ResourceDefinition definition, ObjectStore.Version version) {
        Parsed parsed = known.get(new Place(version.key(), definition.kind()));
        return parsed == null || parsed.revision != version.revision()
                ? Optional.empty()
                : Optional.of(parsed.object.copy());
    }

    /// A copy that the caller may change.
    Resource of(ResourceDefinition definition, Key key, StoredObject stored) {
        if (stored.json().length > LARGEST) {
            return Versions.served(definition, stored);
        }
        var place = new Place(key, definition.kind());
        Parsed parsed = known.get(place);
        if (parsed == null || parsed.revision != stored.revision()) {
            parsed = new Parsed(stored.revision(), Versions.served(definition, stored));
            if (known.size() >= LIMIT) {
                known.clear();
            }
            known.put(place, parsed);
        }
        return parsed.object.copy();
    }

    private record Place(Key key, GroupVersionKind kind) {}

    private record Parsed(long revision, Resource object) {}
}
