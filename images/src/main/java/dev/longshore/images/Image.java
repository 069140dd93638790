package dev.longshore.images;

import dev.longshore.base.Digest;
import java.util.List;

/// An image that is here and can be run here.
///
/// @param id the digest of its config: what Docker and Kubernetes call the image's id
/// @param target what its names point to: its manifest, or an index that has it for this platform
/// @param manifestDigest of its own manifest
/// @param names with tags, sorted
/// @param repositories where it is known by `target`'s digest
/// @param size of its manifest, config and compressed layers
public record Image(
        Digest id,
        Digest target,
        Digest manifestDigest,
        Manifest.Image manifest,
        ImageConfig config,
        List<Reference> names,
        List<String> repositories,
        long size) {

    public Image {
        names = List.copyOf(names);
        repositories = List.copyOf(repositories);
    }

    /// `REPOSITORY@DIGEST` for each repository.
    public List<String> repoDigests() {
        return repositories.stream()
                .map(repository -> repository + "@" + target)
                .toList();
    }

    /// The same, known only by `some` of its names.
    public Image only(List<Reference> some) {
        List<String> theirs = repositories.stream()
                .filter(repository ->
                        some.stream().anyMatch(name -> name.repository().equals(repository)))
                .toList();
        return new Image(id, target, manifestDigest, manifest, config, some, theirs, size);
    }
}
