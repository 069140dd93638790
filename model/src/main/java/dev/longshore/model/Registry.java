package dev.longshore.model;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import tools.jackson.databind.node.ObjectNode;

/// Objects of other kinds, for those who work inside the API machine: read, and atomically changed. No
/// authorization, no admission. Reads see every write acknowledged before. Thread-safe.
public interface Registry {

    /// One object; `namespace` is empty for cluster-scoped kinds.
    Optional<Resource> get(GroupResource resource, String namespace, String name);

    /// All objects, or those of one namespace when it is not empty.
    List<Resource> list(GroupResource resource, String namespace);

    /// What `made` makes of all objects of `resource`, kept for everybody who asks and made anew only when one of
    /// them has changed: as soon as this server has heard of it by its own watch, so perhaps a moment after a
    /// write. Asking costs next to nothing.
    ///
    /// @param made gets objects that it may keep, and does not change; must not throw
    default <T> Supplier<T> kept(GroupResource resource, Function<List<Resource>, T> made) {
        return () -> made.apply(list(resource, ""));
    }

    /// The objects of `kind`, in that version; empty if it is not served.
    default Optional<Objects> objects(GroupVersionKind kind) {
        return Optional.empty();
    }

    /// The objects of one kind in one version.
    interface Objects {
        /// Whether they live in namespaces.
        boolean isNamespaced();

        /// One of them; `namespace` is empty for cluster-scoped kinds.
        Optional<Resource> get(String namespace, String name);

        /// All of them, or those of one namespace when it is not empty.
        List<Resource> list(String namespace);
    }

    /// The resource whose objects are of `kind`, if there is one.
    default Optional<ResourceDefinition> definition(GroupVersionKind kind) {
        return Optional.empty();
    }

    /// Stores a new object, with defaults applied and metadata filled in.
    ///
    /// @throws FaultException with [Fault.AlreadyExists]
    Resource create(Resource object);

    /// Reads, changes and writes back, again if it changed meanwhile; `change` gets a copy and returns what to
    /// store.
    ///
    /// @throws FaultException with [Fault.NotFound]
    Resource change(GroupResource resource, String namespace, String name, UnaryOperator<Resource> change);

    /// Deletes one object as a client's DELETE with `gracePeriodSeconds` would; empty for the kind's default.
    void delete(GroupResource resource, String namespace, String name, Optional<Long> gracePeriodSeconds);

    /// As [#change], of a record that is no API object, as the bitmaps of allocators; it starts as an empty
    /// object.
    ///
    /// @param key such as `ranges/serviceips`
    ObjectNode changeRecord(String key, UnaryOperator<ObjectNode> change);

    /// The record under `key`; empty object when there is none.
    ObjectNode record(String key);
}
