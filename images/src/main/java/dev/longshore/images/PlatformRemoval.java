package dev.longshore.images;

import dev.longshore.base.Digest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Takes single platforms out of an image of several, as `docker image rm --platform` does: their manifests go,
/// and with the next collection what only they need; names and index stay, with less of it here. Thread-safe.
public final class PlatformRemoval {

    private final LocalImages local;

    /// From images in `local`.
    public PlatformRemoval(LocalImages local) {
        this.local = local;
    }

    /// Removes the images for `platforms` from the one that `name` means; answers their manifests.
    ///
    /// @throws ImageFaultException when one of them is not here, is used, belongs to another image, too, or is
    /// all there is; then all stay
    public List<Digest> remove(String name, List<Platform> platforms) throws IOException {
        Image image = local.images().get(name);
        Manifest top = Manifest.parse(local.content().read(image.target()), "");
        if (!(top instanceof Manifest.Index index)) {
            throw inUse("image %s is for one platform only: remove the image".formatted(name));
        }
        var gone = new LinkedHashSet<Digest>();
        for (Platform platform : platforms) {
            Descriptor found = index.manifests().stream()
                    .filter(child -> isFor(child, platform) && local.content().has(child.digest()))
                    .findFirst()
                    .orElseThrow(() -> new ImageFaultException(
                            new ImageFault.NoSuchPlatform(name, image.config().platform(), platform)));
            gone.add(found.digest());
        }
        requireFree(name, image, index, gone);
        var deleted = new ArrayList<Digest>();
        for (Digest manifest : gone) {
            if (local.content().leases().unlessKept(manifest, () -> delete(manifest))) {
                deleted.add(manifest);
            }
        }
        return List.copyOf(deleted);
    }

    private void requireFree(String name, Image image, Manifest.Index index, Set<Digest> gone) throws IOException {
        boolean isSomethingLeft = index.manifests().stream()
                .anyMatch(child -> !child.isAttestation()
                        && !gone.contains(child.digest())
                        && local.content().has(child.digest()));
        if (!isSomethingLeft) {
            throw inUse("nothing of image %s would be left: remove the image".formatted(name));
        }
        Set<Digest> others = new HashSet<>(local.images().targets());
        others.remove(image.target());
        Set<Digest> needed = local.images().reachable(others);
        for (Digest manifest : gone) {
            Digest id = Manifest.parse(local.content().read(manifest), "") instanceof Manifest.Image one
                    ? one.config().digest()
                    : manifest;
            Optional<String> holder = local.holds().holderOf(id);
            if (holder.isPresent()) {
                throw inUse("conflict: unable to delete %s (cannot be forced) - container %s is using it"
                        .formatted(manifest.shortHex(), holder.get()));
            }
            if (needed.contains(manifest)) {
                throw inUse("conflict: unable to delete %s (cannot be forced) - another image is made of it"
                        .formatted(manifest.shortHex()));
            }
        }
    }

    private static boolean isFor(Descriptor child, Platform platform) {
        return !child.isAttestation() && child.platform().map(platform::accepts).orElse(false);
    }

    private void delete(Digest manifest) {
        try {
            local.content().delete(manifest);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static ImageFaultException inUse(String message) {
        return new ImageFaultException(new ImageFault.InUse(message));
    }
}
