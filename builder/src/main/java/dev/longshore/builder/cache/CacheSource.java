package dev.longshore.builder.cache;

import dev.longshore.images.Leases;
import java.io.IOException;
import java.util.Optional;

/// Steps that others did elsewhere: an imported cache. Asked for what this machine does not know, by several
/// stages at once; may block.
@FunctionalInterface
public interface CacheSource {

    /// What the step with `key` came to, its layer's blob being in this machine's content store, kept by `lease`;
    /// empty when it is not known there, or cannot be had.
    Optional<StepRecord> find(StepKey key, Leases.Lease lease) throws IOException, InterruptedException;
}
