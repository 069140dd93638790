package dev.longshore.builder.cache;

import dev.longshore.images.Descriptor;
import dev.longshore.images.Manifest;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/// Finds steps in what a name points to: a cache that was exported, as a manifest or as an index; or an image, or
/// several of one index, with what their own steps came to inside.
public final class CacheReading {

    private static final int MOST_IMAGES = 64;

    private final Origin origin;

    /// Out of `origin`.
    public CacheReading(Origin origin) {
        this.origin = origin;
    }

    /// Where small blobs and manifests come from.
    @FunctionalInterface
    public interface Origin {
        /// All of `blob`, checked by its digest.
        byte[] read(Descriptor blob) throws IOException, InterruptedException;
    }

    /// What the manifest or index `top` has.
    ///
    /// @throws IOException when it has none, or it is not to be understood
    Map<StepKey, StepRecord> steps(byte[] top) throws IOException, InterruptedException {
        Map<StepKey, StepRecord> found =
                switch (Manifest.parse(top, "")) {
                    case Manifest.Image image -> ofImage(image);
                    case Manifest.Index index -> ofIndex(index);
                };
        if (found.isEmpty()) {
            throw new IOException("there is no build cache of Longshore in it");
        }
        return found;
    }

    private Map<StepKey, StepRecord> ofImage(Manifest.Image image) throws IOException, InterruptedException {
        byte[] config = origin.read(image.config());
        return CacheArtifact.isConfig(image.config()) ? CacheArtifact.steps(config) : CacheArtifact.inlineSteps(config);
    }

    private Map<StepKey, StepRecord> ofIndex(Manifest.Index index) throws IOException, InterruptedException {
        var steps = new HashMap<StepKey, StepRecord>();
        for (Descriptor child : index.manifests().stream().limit(MOST_IMAGES).toList()) {
            if (CacheArtifact.isConfig(child)) {
                return CacheArtifact.steps(origin.read(child));
            }
        }
        for (Descriptor child : index.manifests().stream().limit(MOST_IMAGES).toList()) {
            boolean isImage = !child.isAttestation() && dev.longshore.images.MediaTypes.isManifest(child.mediaType());
            if (isImage && Manifest.parse(origin.read(child), "") instanceof Manifest.Image image) {
                steps.putAll(ofImage(image));
            }
        }
        return steps;
    }
}
