package dev.longshore.builder;

import dev.longshore.base.Digest;
import dev.longshore.images.Reference;
import java.util.List;

/// What a build came to.
///
/// @param id the image's id
/// @param target its manifest, or an index of it and its attestations
public record Built(Digest id, Digest target, List<Reference> tags) {
    public Built {
        tags = List.copyOf(tags);
    }
}
