package dev.longshore.kinds.policies;

import dev.longshore.kinds.cel.AdmissionComposition;
import dev.longshore.kinds.cel.AdmissionScope;
import dev.longshore.kinds.cel.Expression;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.kinds.matching.RequestMatcher;
import dev.longshore.model.GroupVersionKind;
import dev.longshore.model.Resource;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What policies of all sorts have. Never changes.
///
/// @param paramKind of the objects that configure it
/// @param isStrict whether its own failures refuse the request
record PolicyHead(String name, RequestMatcher matcher, Optional<GroupVersionKind> paramKind, boolean isStrict) {

    static PolicyHead of(Resource policy) {
        JsonNode spec = policy.at("spec");
        return new PolicyHead(
                policy.name(),
                RequestMatcher.ofPolicy(spec.path("matchConstraints")),
                policy.find("spec", "paramKind")
                        .map(kind -> GroupVersionKind.of(Trees.text(kind, "apiVersion"), Trees.text(kind, "kind"))),
                !Trees.text(spec, "failurePolicy").equals("Ignore"));
    }

    /// Its variables, the broken ones too.
    AdmissionComposition variables(Resource policy) {
        var composition = new AdmissionComposition(
                AdmissionScope.of(paramKind.isPresent(), true).composed());
        for (ObjectNode variable : Trees.list(policy.tree(), "spec", "variables")) {
            try {
                composition.add(Trees.text(variable, "name"), Trees.text(variable, "expression"));
            } catch (Expression.Malformed remembered) {
                // Whoever uses it is told.
                continue;
            }
        }
        return composition;
    }
}
