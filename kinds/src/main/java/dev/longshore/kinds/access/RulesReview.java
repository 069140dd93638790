package dev.longshore.kinds.access;

import dev.longshore.model.Authorizer;
import dev.longshore.model.Call;
import dev.longshore.model.Fault;
import dev.longshore.model.FaultException;
import dev.longshore.model.Registry;
import dev.longshore.model.Resource;
import dev.longshore.model.VirtualResource;
import java.util.List;
import java.util.function.Supplier;
import tools.jackson.databind.node.ObjectNode;

/// What may I do in a namespace?
record RulesReview(Supplier<Authorizer> authorizer) implements VirtualResource {

    @Override
    public Resource create(Call call, Registry registry, String namespace, Resource object) {
        String asked = object.text("spec", "namespace");
        if (asked.isEmpty()) {
            throw new FaultException(new Fault.BadRequest("no namespace on request"));
        }
        Authorizer.Rules rules = authorizer.get().rules(call.user(), asked);
        // Nothing of the question is in the answer.
        object.tree().putObject("metadata");
        object.tree().putObject("spec");
        ObjectNode status = object.tree().putObject("status");
        var resources = status.putArray("resourceRules");
        for (Authorizer.ResourceRule rule : rules.resources()) {
            ObjectNode shown = resources.addObject();
            put(shown, "verbs", rule.verbs());
            put(shown, "apiGroups", rule.groups());
            put(shown, "resources", rule.resources());
            put(shown, "resourceNames", rule.names());
        }
        var paths = status.putArray("nonResourceRules");
        for (Authorizer.PathRule rule : rules.paths()) {
            ObjectNode shown = paths.addObject();
            put(shown, "verbs", rule.verbs());
            put(shown, "nonResourceURLs", rule.paths());
        }
        status.put("incomplete", rules.isIncomplete());
        if (!rules.error().isEmpty()) {
            status.put("evaluationError", rules.error());
        }
        return object;
    }

    private static void put(ObjectNode rule, String field, List<String> values) {
        if (!values.isEmpty()) {
            values.forEach(rule.putArray(field)::add);
        }
    }
}
