package dev.longshore.kinds.policies;

import dev.longshore.base.Json;
import dev.longshore.kinds.cel.AdmissionInput;
import dev.longshore.kinds.cel.AdmissionValues;
import dev.longshore.kinds.cel.CostBudget;
import dev.longshore.model.AdmissionSetting;
import dev.longshore.model.ApplyMerge;
import dev.longshore.model.Fault;
import dev.longshore.model.FaultException;
import dev.longshore.model.JsonPatch;
import dev.longshore.model.Resource;
import dev.longshore.model.StrictFields;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Changes an object as one mutation of a policy says. For one thread.
final class Mutator {

    private final AdmissionSetting setting;

    Mutator(AdmissionSetting setting) {
        this.setting = setting;
    }

    /// What becomes of `object`, with defaults filled in; `object` stays as it is.
    ///
    /// @throws CompiledExpression.Failed if nothing sensible becomes of it
    /// @throws FaultException with [Fault.Internal] if a JSON patch adds what the kind does not know
    Resource changed(
            Resource object, MutatingPolicy.Compiled policy, MutatingPolicy.Mutation mutation, AdmissionInput input)
            throws CompiledExpression.Failed {
        var budget = new CostBudget(CostBudget.OF_AN_OBJECT);
        var values = new AdmissionValues(input, policy.composition(), budget);
        JsonNode patch;
        try {
            patch = mutation.patch().make(values, budget);
        } catch (CompiledExpression.Spent spent) {
            throw new CompiledExpression.Failed(spent.getMessage());
        }
        Resource changed = mutation.isApplied() ? applied(object, (ObjectNode) patch) : patched(object, patch);
        List<String> unknown = setting.settle(changed, object.kind());
        if (!unknown.isEmpty() && !mutation.isApplied()) {
            throw new FaultException(new Fault.Internal("Internal error occurred: strict decoding error: "
                    + String.join(", ", StrictFields.sentences(unknown, List.of()))));
        }
        return changed;
    }

    private Resource applied(Resource object, ObjectNode part) throws CompiledExpression.Failed {
        part.put("apiVersion", object.kind().apiVersion())
                .put("kind", object.kind().kind());
        try {
            return new Resource(setting.merge(object, part));
        } catch (ApplyMerge.Refused refused) {
            throw new CompiledExpression.Failed("error applying patch: " + refused.getMessage());
        }
    }

    /// A patch whose test fails changes nothing, and is no failure.
    private static Resource patched(Resource object, JsonNode patch) throws CompiledExpression.Failed {
        try {
            return whole(object, JsonPatch.apply(object.tree(), patch));
        } catch (FaultException broken) {
            JsonNode document = object.tree();
            for (JsonNode operation : patch) {
                try {
                    document = JsonPatch.apply(document, Json.array().add(operation));
                } catch (FaultException found) {
                    if (operation.path("op").asString("").equals("test")) {
                        return object.copy();
                    }
                    throw new CompiledExpression.Failed(failure(operation));
                }
            }
            throw broken;
        }
    }

    private static String failure(JsonNode operation) {
        String op = operation.path("op").asString("");
        return List.of("add", "remove", "replace", "move", "copy").contains(op)
                ? "JSON Patch: %s operation does not apply: doc is missing path: \"%s\": missing value"
                        .formatted(op, operation.path("path").asString(""))
                : "JSON Patch: Unexpected kind: " + op;
    }

    private static Resource whole(Resource object, JsonNode patched) {
        if (patched instanceof ObjectNode tree) {
            return new Resource(tree);
        }
        throw new FaultException(new Fault.Internal("Internal error occurred: a JSON patch left no object of "
                + object.kind().kind()));
    }
}
