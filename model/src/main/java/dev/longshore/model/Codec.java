package dev.longshore.model;

import java.util.Optional;

/// Reads and writes objects in another form than JSON, as Kubernetes' protobuf. Thread-safe.
public interface Codec {

    /// Its media type.
    String mediaType();

    /// The object that `bytes` spell.
    ///
    /// @throws FaultException with [Fault.BadRequest]
    Resource decode(byte[] bytes);

    /// `object` in this form; empty when its kind has none.
    Optional<byte[]> encode(Resource object);
}
