package dev.longshore.kinds.policies;

import dev.longshore.kinds.kit.Trees;
import dev.longshore.kinds.matching.RequestMatcher;
import dev.longshore.model.Resource;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Puts a policy into force. Never changes.
///
/// @param params which objects configure it; empty if none do
/// @param actions what comes of a validation that fails: `Deny`, `Warn`, `Audit`
record PolicyBinding(
        String name, String policy, RequestMatcher matcher, Optional<ParamReference> params, List<String> actions) {

    static PolicyBinding of(Resource binding) {
        JsonNode spec = binding.at("spec");
        return new PolicyBinding(
                binding.name(),
                Trees.text(spec, "policyName"),
                RequestMatcher.ofPolicy(spec.path("matchResources")),
                Trees.object(spec, "paramRef").map((ObjectNode said) -> ParamReference.of(said)),
                Trees.strings(spec, "validationActions"));
    }
}
