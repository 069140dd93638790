package dev.longshore.builder.attest;

import dev.longshore.base.Digest;
import dev.longshore.images.Platform;
import dev.longshore.images.Reference;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;

/// The image that is spoken of.
///
/// @param manifest its own, not an index
/// @param names what it is called; may be none
record Subject(Digest manifest, Platform platform, List<Reference> names) {

    Subject {
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

    /// Adds it to a statement's subjects, once for each name, as BuildKit does.
    void addTo(ArrayNode subjects) {
        List<String> all = names.isEmpty() ? List.of("_") : urls();
        for (String name : all) {
            subjects.addObject().put("name", name).putObject("digest").put(manifest.algorithm(), manifest.hex());
        }
    }
}
