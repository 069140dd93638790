package dev.longshore.apiserver;

import dev.longshore.base.Json;
import dev.longshore.model.Cause;
import dev.longshore.model.Fault;
import dev.longshore.model.FaultException;
import dev.longshore.model.LabelSelector;
import dev.longshore.model.Resource;
import dev.longshore.model.Subresource;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Shows an object as `autoscaling/v1 Scale`, and takes over what a Scale wishes.
record Scales(Subresource.Scale scale) {

    Resource of(Resource object) {
        var result = new Resource(Json.object()
                .put("kind", scale.kind().kind())
                .put("apiVersion", scale.kind().apiVersion()));
        for (String field : List.of("name", "namespace", "uid", "resourceVersion", "creationTimestamp")) {
            String value = object.text("metadata", field);
            if (!value.isEmpty()) {
                result.metadata().put(field, value);
            }
        }
        ObjectNode spec = result.object("spec");
        JsonNode wished = at(object, scale.specReplicas());
        if (wished.isNumber()) {
            spec.put("replicas", wished.asLong());
        }
        ObjectNode status = result.object("status");
        status.put("replicas", at(object, scale.statusReplicas()).asLong(0));
        String selector = selector(at(object, scale.statusSelector()));
        if (!selector.isEmpty()) {
            status.put("selector", selector);
        }
        return result;
    }

    /// `object` with the number that `wish`, a Scale, names.
    Resource apply(Resource object, Resource wish) {
        long replicas = wish.at("spec", "replicas").asLong(0);
        if (replicas < 0) {
            throw new FaultException(new Fault.Invalid(
                    scale.kind(),
                    object.name(),
                    List.of(Cause.invalid(
                            "spec.replicas", Long.toString(replicas), "must be greater than or equal to 0"))));
        }
        String[] steps = steps(scale.specReplicas());
        ObjectNode node = object.tree();
        for (int i = 0; i < steps.length - 1; i++) {
            node = new Resource(node).object(steps[i]);
        }
        node.put(steps[steps.length - 1], replicas);
        object.metadata().put("resourceVersion", wish.resourceVersion());
        if (!wish.uid().isEmpty()) {
            object.metadata().put("uid", wish.uid());
        }
        return object;
    }

    private static JsonNode at(Resource object, String path) {
        return object.at(steps(path));
    }

    private static String[] steps(String path) {
        return path.replaceFirst("^\\.", "").split("\\.");
    }

    private static String selector(JsonNode selector) {
        if (selector.isString()) {
            return selector.asString();
        }
        boolean isSelector = selector.has("matchLabels") || selector.has("matchExpressions");
        JsonNode whole =
                isSelector || !selector.isObject() ? selector : Json.object().set("matchLabels", selector);
        return LabelSelector.of(whole).toString();
    }
}
