package dev.longshore.kinds.pods;

import dev.longshore.kinds.kit.Trees;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What the checks of a pod's containers and volumes need to know of the pod around them.
///
/// @param podName the pod's name; empty for templates, whose pods have none yet
/// @param isPod false for templates
/// @param volumes the volumes by name; those that are wrong are not there, as nothing can be said of them
record PodScope(
        Optional<String> podName,
        boolean isPod,
        Map<String, ObjectNode> volumes,
        Set<String> claims,
        OptionalLong gracePeriod,
        String restartPolicy,
        boolean hasHostUsers,
        String os) {

    static PodScope of(JsonNode spec, Optional<String> podName, boolean isPod) {
        var claims = new HashSet<String>();
        for (ObjectNode claim : Trees.list(spec, "resourceClaims")) {
            claims.add(Trees.text(claim, "name"));
        }
        claims.remove("");
        JsonNode grace = spec.path("terminationGracePeriodSeconds");
        return new PodScope(
                podName,
                isPod,
                new HashMap<>(),
                claims,
                grace.isNumber() ? OptionalLong.of(grace.asLong()) : OptionalLong.empty(),
                Trees.text(spec, "restartPolicy"),
                spec.path("hostUsers").asBoolean(true),
                Trees.text(spec, "os", "name"));
    }
}
