package dev.longshore.images;

import java.util.Set;

/// The media types of images: OCI image-spec v1.1 and Docker's schema 2.
public final class MediaTypes {

    /// A manifest.
    public static final String OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json";

    /// A list of manifests.
    public static final String OCI_INDEX = "application/vnd.oci.image.index.v1+json";

    /// An image's configuration.
    public static final String OCI_CONFIG = "application/vnd.oci.image.config.v1+json";

    /// A layer as it is.
    public static final String OCI_LAYER = "application/vnd.oci.image.layer.v1.tar";

    /// A layer behind gzip.
    public static final String OCI_LAYER_GZIP = "application/vnd.oci.image.layer.v1.tar+gzip";

    /// Docker's manifest.
    public static final String DOCKER_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json";

    /// Docker's list of manifests.
    public static final String DOCKER_LIST = "application/vnd.docker.distribution.manifest.list.v2+json";

    /// Every type that [Manifest] reads.
    public static final Set<String> MANIFESTS = Set.of(OCI_MANIFEST, OCI_INDEX, DOCKER_MANIFEST, DOCKER_LIST);

    private MediaTypes() {}

    /// True for lists of manifests.
    public static boolean isIndex(String mediaType) {
        return mediaType.equals(OCI_INDEX) || mediaType.equals(DOCKER_LIST);
    }

    /// True for manifests and lists of them.
    public static boolean isManifest(String mediaType) {
        return MANIFESTS.contains(mediaType);
    }

    /// True for layers that are never pushed to a registry.
    public static boolean isForeign(String mediaType) {
        return mediaType.contains(".foreign.") || mediaType.contains(".nondistributable.");
    }
}
