package dev.longshore.apiserver;

import dev.longshore.apiserver.objects.Keys;
import dev.longshore.apiserver.objects.StoredObject;
import dev.longshore.base.GoJson;
import dev.longshore.model.GroupVersionKind;
import dev.longshore.model.Resource;
import dev.longshore.model.ResourceDefinition;

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
        // The storage version may have been another one when it was written.
        GroupVersionKind kind = definition.kind();
        if (!object.text("apiVersion").equals(kind.apiVersion())) {
            definition.storage().conversion().convert(object, kind);
            object.tree().put("apiVersion", kind.apiVersion()).put("kind", kind.kind());
        }
        return object;
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
