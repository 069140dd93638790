package dev.longshore.images;

import dev.longshore.base.Digest;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/// An image that is here and can be run here.
///
/// @param id the digest of its config: what Docker and Kubernetes call the image's id
/// @param target what its names point to: its manifest, or an index that has it for this platform
/// @param manifestDigest of its own manifest
/// @param names with tags, sorted
/// @param digests its names by digest, without tags: one for each repository that knows it
/// @param size of its manifest, config and compressed layers
public record Image(
        Digest id,
        Digest target,
        Digest manifestDigest,
        Manifest.Image manifest,
        ImageConfig config,
        List<Reference> names,
        List<Reference> digests,
        long size) {

    public Image {
        names = List.copyOf(names);
        digests = List.copyOf(digests);
    }

    /// `REPOSITORY@DIGEST` for each repository.
    public List<String> repoDigests() {
        return digests.stream().map(Reference::toString).toList();
    }

    /// The same, known only by `some` of its names.
    public Image only(List<Reference> some) {
        Set<String> theirs = some.stream().map(Reference::repository).collect(Collectors.toSet());
        return named(
                some,
                digests.stream()
                        .filter(digest -> theirs.contains(digest.repository()))
                        .toList());
    }

    /// The same with other names.
    Image named(List<Reference> newNames, List<Reference> newDigests) {
        return new Image(id, target, manifestDigest, manifest, config, newNames, newDigests, size);
    }

    /// The same, as it is for another platform.
    Image with(ImageReader.Loaded other) {
        return new Image(
                other.manifest().config().digest(),
                target,
                other.digest(),
                other.manifest(),
                other.config(),
                names,
                digests,
                other.size());
    }
}
