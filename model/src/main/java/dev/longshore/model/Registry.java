package dev.longshore.model;

import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import tools.jackson.databind.node.ObjectNode;

/// Objects of other kinds, for those who work inside the API machine: read, and atomically changed. No
/// authorization, no admission. Reads see every write acknowledged before. Thread-safe.
public interface Registry {

    /// One object; `namespace` is empty for cluster-scoped kinds.
    Optional<Resource> get(GroupResource resource, String namespace, String name);

    /// All objects, or those of one namespace when it is not empty.
    List<Resource> list(GroupResource resource, String namespace);

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
