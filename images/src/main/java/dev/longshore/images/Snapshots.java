package dev.longshore.images;

import dev.longshore.base.Digest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// Root file systems of images, for overlayfs. Thread-safe.
public final class Snapshots {

    private final ImageStore images;
    private final Layers layers;
    private final Holds holds;

    Snapshots(ImageStore images, Layers layers, Holds holds) {
        this.images = images;
        this.layers = layers;
        this.holds = holds;
    }

    /// An image ready to be mounted.
    ///
    /// @param lowerDirectories topmost first
    public record Snapshot(Image image, List<Path> lowerDirectories) {
        public Snapshot {
            lowerDirectories = List.copyOf(lowerDirectories);
        }
    }

    /// The layers of the image with config `imageId`, for `holder` (a container's id), who keeps them until
    /// [#release]. Unpacks what is not unpacked yet. To ask again is harmless, and is what one does after a
    /// restart.
    ///
    /// @throws ImageFaultException when the image is not here
    public Snapshot prepare(String holder, Digest imageId) throws IOException, InterruptedException {
        // What this holder has kept already is there for it though others may have removed the image since.
        Optional<Image> kept = kept(holds.manifestOf(holder), imageId);
        if (kept.isPresent()) {
            return prepare(holder, kept.get());
        }
        // Of an index only this machine's image has an id that one finds; another platform's is found by who keeps it.
        Optional<Image> foreign =
                images.byId(imageId).isPresent() ? Optional.empty() : kept(holds.manifestOf(imageId), imageId);
        if (foreign.isPresent()) {
            return prepare(holder, foreign.get());
        }
        holds.hold(holder, imageId);
        boolean done = false;
        try {
            Snapshot snapshot = prepare(holder, images.get(imageId.toString()));
            done = true;
            return snapshot;
        } finally {
            if (!done) {
                holds.release(holder);
            }
        }
    }

    private Optional<Image> kept(Optional<Digest> manifest, Digest imageId) throws IOException {
        return manifest.isPresent()
                ? images.byManifest(manifest.get()).filter(image -> image.id().equals(imageId))
                : Optional.empty();
    }

    /// The same of an image that was found, perhaps for another platform than this machine's.
    public Snapshot prepare(String holder, Image image) throws IOException, InterruptedException {
        holds.hold(holder, image.id(), image.manifestDigest());
        boolean done = false;
        try {
            List<Path> directories = layers.directories(image.manifest(), image.config());
            done = true;
            return new Snapshot(image, directories);
        } finally {
            if (!done) {
                holds.release(holder);
            }
        }
    }

    /// `holder` is done. Idempotent.
    public void release(String holder) throws IOException {
        holds.release(holder);
    }
}
