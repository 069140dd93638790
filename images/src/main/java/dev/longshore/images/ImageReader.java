package dev.longshore.images;

import dev.longshore.base.Digest;
import java.io.IOException;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Reads what a manifest or index means: an image with its config. Remembers what it has read. Thread-safe.
final class ImageReader {

    private static final int MOST_MANIFESTS = 1_000;

    private final ContentStore content;
    private final Platform platform;
    private final Map<Digest, Loaded> known = new ConcurrentHashMap<>();

    ImageReader(ContentStore content, Platform platform) {
        this.content = content;
        this.platform = platform;
    }

    /// @param digest of the image's own manifest
    /// @param size of manifest, config and compressed layers
    record Loaded(Digest digest, Manifest.Image manifest, ImageConfig config, long size) {}

    /// What `target` means on this machine: of an index the image for its platform, or if that is not here any that
    /// is. Empty when it is not here, or no image.
    Optional<Loaded> read(Digest target) throws IOException {
        Loaded remembered = known.get(target);
        if (remembered != null) {
            return Optional.of(remembered);
        }
        Optional<Loaded> found = read(target, platform);
        // An image of another platform is a stopgap: the right one may still come.
        found.filter(image -> platform.accepts(image.config().platform())).ifPresent(image -> known.put(target, image));
        return found;
    }

    /// The same for the platform `wanted`.
    Optional<Loaded> read(Digest target, Platform wanted) throws IOException {
        return read(target, wanted, new HashSet<>());
    }

    /// True if what `target` means here will not change.
    boolean isSettled(Digest target) {
        return known.containsKey(target);
    }

    void forgetGone() {
        known.keySet().removeIf(target -> !content.has(target));
    }

    void forget(Digest target) {
        known.remove(target);
    }

    /// @param seen what was looked into already: an index may name another thousands of times
    private Optional<Loaded> read(Digest digest, Platform wanted, Set<Digest> seen) throws IOException {
        if (!seen.add(digest) || seen.size() > MOST_MANIFESTS) {
            return Optional.empty();
        }
        try {
            byte[] bytes = content.read(digest);
            switch (Manifest.parse(bytes, "")) {
                case Manifest.Index index -> {
                    for (Descriptor candidate : index.candidates(wanted)) {
                        Optional<Loaded> found = read(candidate.digest(), wanted, seen);
                        if (found.isPresent()) {
                            return found;
                        }
                    }
                    return Optional.empty();
                }
                case Manifest.Image image -> {
                    return image(digest, bytes.length, image);
                }
            }
        } catch (ImageFaultException incomplete) {
            return Optional.empty(); // Something that was never fetched, or is no image.
        }
    }

    private Optional<Loaded> image(Digest digest, long length, Manifest.Image image) throws IOException {
        if (image.config().size() > Manifest.LARGEST) {
            return Optional.empty();
        }
        ImageConfig config = ImageConfig.parse(content.read(image.config().digest()));
        if (config.diffIds().size() != image.layers().size()) {
            return Optional.empty();
        }
        long size =
                length + image.children().stream().mapToLong(Descriptor::size).sum();
        return Optional.of(new Loaded(digest, image, config, size));
    }
}
