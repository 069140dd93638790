package dev.longshore.builder.attest;

import dev.longshore.base.Digest;
import dev.longshore.base.Json;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// A claim about certain things (in-toto Attestation Framework, Statement v1). Not signed.
///
/// @param subjects what it is about
record Statement(Claim claim, List<Named> subjects) {

    private static final String STATEMENT = "https://in-toto.io/Statement/v1";

    Statement {
        subjects = List.copyOf(subjects);
    }

    /// Something with a name and a digest.
    record Named(String name, Digest digest) {}

    byte[] bytes() {
        return Json.bytes(tree());
    }

    /// The same for people.
    byte[] prettyBytes() {
        return Json.prettyBytes(tree());
    }

    private ObjectNode tree() {
        ObjectNode tree = Json.object().put("_type", STATEMENT).put("predicateType", claim.type());
        ArrayNode all = tree.putArray("subject");
        for (Named subject : subjects) {
            all.addObject()
                    .put("name", subject.name())
                    .putObject("digest")
                    .put(subject.digest().algorithm(), subject.digest().hex());
        }
        tree.set("predicate", claim.predicate());
        return tree;
    }
}
