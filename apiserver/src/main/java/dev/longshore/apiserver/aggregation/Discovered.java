package dev.longshore.apiserver.aggregation;

import dev.longshore.base.Json;
import tools.jackson.databind.node.ArrayNode;

/// What the server behind an APIService says it has, in the form that APIGroupDiscovery has for a version.
///
/// @param resources not to be changed
/// @param isStale it does not answer any more, or never did
public record Discovered(ArrayNode resources, boolean isStale) {

    /// Of a server that never told anything.
    static final Discovered NOTHING = new Discovered(Json.array(), true);

    Discovered stale() {
        return new Discovered(resources, true);
    }
}
