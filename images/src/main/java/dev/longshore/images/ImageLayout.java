package dev.longshore.images;

import dev.longshore.base.Digest;
import java.nio.file.Path;

/// Where everything lies on disk:
///
/// ```
/// ROOT/
///   blobs/sha256/HEX          content, named by its digest; only ever whole
///   uploads/ID                uploads that wait for more
///   images.json               names and images
///   holds/HOLDER              the image that a container uses
///   layers/BOOT/HEX/          a layer in overlayfs form, by chain id, unpacked since this boot
///   sizes/HEX                 how many bytes the files of a layer have, by chain id
///   staging/BOOT/…            half-done work; emptied at start
///   empty/                    what an image without layers looks like
///   build/                    the builder's own
/// ```
///
/// Layers are kept apart by boot: unpacking does not sync, so after a crash of the machine none can be trusted
/// and all are unpacked anew from their blobs, which are synced.
///
/// @param bootId the kernel's `random/boot_id`
public record ImageLayout(Path root, String bootId) {

    Path blob(Digest digest) {
        return blobs().resolve(digest.algorithm()).resolve(digest.hex());
    }

    Path blobs() {
        return root.resolve("blobs");
    }

    Path uploads() {
        return root.resolve("uploads");
    }

    Path images() {
        return root.resolve("images.json");
    }

    Path holds() {
        return root.resolve("holds");
    }

    Path allLayers() {
        return root.resolve("layers");
    }

    Path layers() {
        return allLayers().resolve(bootId);
    }

    Path layer(Digest chainId) {
        return layers().resolve(chainId.hex());
    }

    Path sizes() {
        return root.resolve("sizes");
    }

    Path empty() {
        return root.resolve("empty");
    }

    Path allStaging() {
        return root.resolve("staging");
    }

    /// Half-done work; on the file system of the layers, so that what is done can be moved there.
    Path staging() {
        return allStaging().resolve(bootId);
    }

    /// The builder's own directory.
    public Path build() {
        return root.resolve("build");
    }
}
