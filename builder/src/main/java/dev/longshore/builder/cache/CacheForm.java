package dev.longshore.builder.cache;

import dev.longshore.images.LayerForm;
import java.util.Optional;

/// What a cache that travels looks like.
///
/// @param isImage whether it is a manifest with layers, as an image is; else an index of layers
/// @param isOci whether its manifest or index is OCI's rather than Docker's
/// @param layers how they are compressed; as they are without it
public record CacheForm(boolean isImage, boolean isOci, Optional<LayerForm> layers) {

    /// A manifest of OCI's, layers as they are.
    public static final CacheForm USUAL = new CacheForm(true, true, Optional.empty());

    public CacheForm {
        if (isImage && !isOci) {
            throw new IllegalArgumentException(
                    "invalid configuration for remote cache: image-manifest=true needs oci-mediatypes=true");
        }
    }
}
