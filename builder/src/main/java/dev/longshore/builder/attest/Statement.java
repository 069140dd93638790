package dev.longshore.builder.attest;

import dev.longshore.base.Json;
import tools.jackson.databind.node.ObjectNode;

/// Something that is said of an image (in-toto Attestation Framework, Statement v1). Not signed.
///
/// @param type of what is said
record Statement(String type, Subject subject, ObjectNode predicate) {

    /// Lists what is in it.
    static final String SPDX = "https://spdx.dev/Document";

    /// Says how it came about.
    static final String PROVENANCE = "https://slsa.dev/provenance/v1";

    private static final String STATEMENT = "https://in-toto.io/Statement/v1";

    byte[] bytes() {
        ObjectNode tree = Json.object().put("_type", STATEMENT).put("predicateType", type);
        subject.addTo(tree.putArray("subject"));
        tree.set("predicate", predicate);
        return Json.bytes(tree);
    }
}
