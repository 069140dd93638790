package dev.longshore.images.distribution;

import dev.longshore.base.Digest;
import dev.longshore.images.Descriptor;
import dev.longshore.images.Image;
import dev.longshore.images.LocalImages;
import dev.longshore.images.Manifest;
import dev.longshore.images.MediaTypes;
import dev.longshore.images.Platform;
import java.io.IOException;
import java.util.Optional;

/// What of an image is pushed: all of it; or the image of one platform, if that is asked for, or if no more of an index
/// is here.
///
/// @param target a manifest or index
/// @param isInstead whether `target` is pushed though nobody asked for less than `whole`
/// @param whole what the image's names point to
public record PushChoice(Digest target, boolean isInstead, Descriptor whole) {

    /// Of `image`.
    ///
    /// @throws dev.longshore.images.ImageFaultException when it has no image for `wanted`
    public static PushChoice of(LocalImages local, Image image, Optional<Platform> wanted) throws IOException {
        byte[] bytes = local.content().read(image.target());
        Manifest manifest = Manifest.parse(bytes, "");
        var whole = Descriptor.of(manifest.mediaType(), image.target(), bytes.length);
        if (wanted.isPresent()) {
            Image chosen = local.images().get(image.target().toString(), wanted.get());
            return new PushChoice(chosen.manifestDigest(), false, whole);
        }
        boolean isWhole = !(manifest instanceof Manifest.Index index) || isHere(local, index);
        return isWhole
                ? new PushChoice(image.target(), false, whole)
                : new PushChoice(image.manifestDigest(), true, whole);
    }

    private static boolean isHere(LocalImages local, Manifest.Index index) throws IOException {
        for (Descriptor child : index.manifests()) {
            if (!local.content().has(child.digest())) {
                return false;
            }
            for (Descriptor blob :
                    Manifest.parse(local.content().read(child.digest()), "").children()) {
                if (!MediaTypes.isForeign(blob.mediaType()) && !local.content().has(blob.digest())) {
                    return false;
                }
            }
        }
        return true;
    }
}
