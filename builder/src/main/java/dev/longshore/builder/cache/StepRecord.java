package dev.longshore.builder.cache;

import dev.longshore.base.Digest;
import dev.longshore.images.Descriptor;
import java.time.Instant;
import java.util.Optional;

/// What a step came to: the change alone, not the state before or after it.
///
/// @param created when it was done
/// @param description the instruction, for people
/// @param layer what it added; nothing if it changed the configuration only
public record StepRecord(Instant created, String description, Optional<MadeLayer> layer) {

    /// A layer that a step made.
    ///
    /// @param blob compressed
    /// @param chainId with all layers below
    /// @param unpackedBytes how much room its directory takes
    public record MadeLayer(Descriptor blob, Digest diffId, Digest chainId, long unpackedBytes) {

        /// On disk, packed and unpacked.
        public long bytes() {
            return blob.size() + unpackedBytes;
        }
    }
}
