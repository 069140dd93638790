package dev.longshore.builder.attest;

import tools.jackson.databind.node.ObjectNode;

/// Something that is said of a build's result, in whatever form the result comes.
///
/// @param type of what is said: a predicate type of in-toto
/// @param file what it is called among the result's files
/// @param isInlineOnly whether it only goes along with images
public record Claim(String type, String file, boolean isInlineOnly, ObjectNode predicate) {

    /// Lists what is in it.
    static final String SPDX = "https://spdx.dev/Document";

    /// Says how it came about, as SLSA 1.
    static final String PROVENANCE = "https://slsa.dev/provenance/v1";

    /// The same as SLSA 0.2.
    static final String OLD_PROVENANCE = "https://slsa.dev/provenance/v0.2";
}
