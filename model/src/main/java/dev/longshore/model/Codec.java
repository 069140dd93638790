package dev.longshore.model;

import tools.jackson.databind.JsonNode;

/// Reads and writes objects in another form than JSON, as Kubernetes' protobuf. Thread-safe.
public interface Codec {

    /// Its media type.
    String mediaType();

    /// The object that `bytes` spell.
    ///
    /// @throws FaultException with [Fault.BadRequest]
    Resource decode(byte[] bytes);

    /// Whether objects of `kind` have this form; only such are written.
    boolean knows(GroupVersionKind kind);

    /// `object`, which tells its kind itself, in this form.
    byte[] encode(JsonNode object);

    /// The object that `json` spells, in this form.
    byte[] encode(GroupVersionKind kind, byte[] json);

    /// A list in this form.
    ///
    /// @param kind of the list
    /// @param metadata of the list
    /// @param items as JSON
    byte[] list(GroupVersionKind kind, JsonNode metadata, GroupVersionKind itemKind, Iterable<byte[]> items);

    /// One event of a watch, as the stream carries it.
    ///
    /// @param type `ADDED`, `MODIFIED` …
    /// @param object as [#encode] gives it
    byte[] event(String type, byte[] object);
}
