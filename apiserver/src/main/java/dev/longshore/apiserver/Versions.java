package dev.longshore.apiserver;

import dev.longshore.apiserver.objects.Keys;
import dev.longshore.apiserver.objects.StoredObject;
import dev.longshore.base.GoJson;
import dev.longshore.model.Conversion;
import dev.longshore.model.GroupVersionKind;
import dev.longshore.model.Resource;
import dev.longshore.model.ResourceDefinition;
import java.util.List;

/// From the version that objects are kept in to the one that is served, and back.
final class Versions {

    private Versions() {}

    static Keys keys(ResourceDefinition definition) {
        return new Keys(definition.storage().prefix(), definition.namespaced());
    }

    /// True if stored bytes can be served as they are.
    static boolean isStoredAsServed(ResourceDefinition definition) {
        return definition.kind().equals(definition.storage().version())
                && !definition.storage().conversion().revives();
    }

    static Resource served(ResourceDefinition definition, StoredObject stored) {
        Resource object = stored.resource();
        definition.storage().conversion().revive(object);
        if (isOther(definition, object)) {
            definition.storage().conversion().convert(object, definition.kind());
            name(definition, object);
        }
        return object;
    }

    /// All of them; a webhook that converts is asked once for each version that they are kept in.
    static List<Resource> served(ResourceDefinition definition, List<StoredObject> stored) {
        Conversion conversion = definition.storage().conversion();
        List<Resource> objects = stored.stream().map(StoredObject::resource).toList();
        objects.forEach(conversion::revive);
        List<Resource> others =
                objects.stream().filter(object -> isOther(definition, object)).toList();
        conversion.convert(others, definition.kind());
        others.forEach(object -> name(definition, object));
        return objects;
    }

    /// The storage version may have been another one when it was written.
    private static boolean isOther(ResourceDefinition definition, Resource object) {
        return !object.text("apiVersion").equals(definition.kind().apiVersion());
    }

    private static void name(ResourceDefinition definition, Resource object) {
        GroupVersionKind kind = definition.kind();
        object.tree().put("apiVersion", kind.apiVersion()).put("kind", kind.kind());
    }

    static byte[] servedBytes(ResourceDefinition definition, StoredObject stored) {
        return isStoredAsServed(definition)
                ? stored.encoded()
                : GoJson.bytes(served(definition, stored).tree());
    }

    /// A copy of `object`, of the one definition, as one of the other; both are versions of one resource.
    static Resource converted(ResourceDefinition from, ResourceDefinition to, Resource object) {
        Resource copy = object.copy();
        if (from.kind().equals(to.kind())) {
            return copy;
        }
        GroupVersionKind stored = from.storage().version();
        if (!from.kind().equals(stored)) {
            from.storage().conversion().convert(copy, stored);
        }
        if (!to.kind().equals(stored)) {
            to.storage().conversion().convert(copy, to.kind());
        }
        copy.tree()
                .put("apiVersion", to.kind().apiVersion())
                .put("kind", to.kind().kind());
        return copy;
    }

    static byte[] stored(ResourceDefinition definition, Resource object) {
        if (definition.kind().equals(definition.storage().version())) {
            return StoredObject.canonical(object);
        }
        GroupVersionKind version = definition.storage().version();
        Resource copy = object.copy();
        definition.storage().conversion().convert(copy, version);
        copy.tree().put("apiVersion", version.apiVersion()).put("kind", version.kind());
        return StoredObject.canonical(copy);
    }
}
