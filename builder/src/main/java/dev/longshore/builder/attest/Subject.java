package dev.longshore.builder.attest;

import dev.longshore.base.Digest;
import dev.longshore.images.Platform;
import dev.longshore.images.Reference;
import java.util.List;

/// The image that is spoken of.
///
/// @param manifest its own, not an index
/// @param names what it is called; may be none
public record Subject(Digest manifest, Platform platform, List<Reference> names) {

    public Subject {
        names = List.copyOf(names);
    }

    /// What it is called first, or its digest.
    String title() {
        return names.isEmpty() ? manifest.toString() : names.getFirst().familiar();
    }

    /// Its package URLs, in the order of its names.
    List<String> urls() {
        return names.stream()
                .map(name -> PackageUrl.image(name.toString(), platform))
                .toList();
    }

    /// The statement of `claim` about it: once for each name, as BuildKit does.
    Statement says(Claim claim) {
        List<String> all = names.isEmpty() ? List.of("_") : urls();
        return new Statement(
                claim,
                all.stream().map(name -> new Statement.Named(name, manifest)).toList());
    }
}
