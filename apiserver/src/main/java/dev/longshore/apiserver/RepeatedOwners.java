package dev.longshore.apiserver;

import dev.longshore.base.Json;
import dev.longshore.model.Resource;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;

/// Owners that stand twice, word for word, in an object's metadata: they are kept once, and the client is
/// warned.
final class RepeatedOwners {

    private static final String FIELD = "ownerReferences";
    private static final String WARNING = ".metadata.ownerReferences contains duplicate entries%s; API server dedups"
            + " owner references in 1.20+, and may reject such requests as early as 1.24; please fix your requests;"
            + " duplicate UID(s) observed: %s";

    private RepeatedOwners() {}

    /// In an object as a client has sent it whole; patches are judged by what comes out.
    static void mergeSent(Resource object, List<String> warnings) {
        merge(object, "", warnings);
    }

    /// In an object that has passed the rules that change.
    static void mergeAdmitted(Resource object, List<String> warnings) {
        merge(object, " after mutating admission happens", warnings);
    }

    private static void merge(Resource object, String when, List<String> warnings) {
        JsonNode owners = object.at("metadata", FIELD);
        var once = new LinkedHashSet<JsonNode>();
        var repeated = new ArrayList<String>();
        for (JsonNode owner : owners) {
            if (!once.add(owner)) {
                repeated.add(owner.path("uid").asString(""));
            }
        }
        if (repeated.isEmpty()) {
            return;
        }
        ArrayNode merged = Json.array();
        once.forEach(merged::add);
        object.metadata().set(FIELD, merged);
        warnings.add(WARNING.formatted(when, String.join(", ", repeated)));
    }
}
