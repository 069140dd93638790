package dev.longshore.kinds.authorization.webhook;

import dev.longshore.base.Json;
import dev.longshore.model.Authorizer.Attributes;
import dev.longshore.model.Authorizer.Selection;
import dev.longshore.model.FieldSelector;
import dev.longshore.model.LabelSelector;
import dev.longshore.model.UserInfo;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// A question as a SubjectAccessReview puts it. What of selectors it has no words for is left out: it asks for more
/// then, never for less.
final class AccessQuestion {

    private AccessQuestion() {}

    /// The review's `spec`, in version `v1`, without what is empty.
    static ObjectNode spec(Attributes attributes) {
        ObjectNode spec = Json.object();
        if (attributes.isResource()) {
            resource(spec.putObject("resourceAttributes"), attributes);
        } else {
            ObjectNode path = spec.putObject("nonResourceAttributes");
            put(path, "path", attributes.path());
            put(path, "verb", attributes.verb());
        }
        UserInfo user = attributes.user();
        put(spec, "user", user.name());
        list(spec, "groups", user.groups());
        if (!user.extra().isEmpty()) {
            ObjectNode extra = spec.putObject("extra");
            new TreeMap<>(user.extra()).forEach((key, values) -> values.forEach(extra.putArray(key)::add));
        }
        put(spec, "uid", user.uid());
        return spec;
    }

    private static void resource(ObjectNode resource, Attributes attributes) {
        put(resource, "namespace", attributes.namespace());
        put(resource, "verb", attributes.verb());
        put(resource, "group", attributes.group());
        put(resource, "version", attributes.version());
        put(resource, "resource", attributes.resource());
        put(resource, "subresource", attributes.subresource());
        put(resource, "name", attributes.name());
        selectors(resource, attributes.selection());
    }

    private static void selectors(ObjectNode resource, Selection selection) {
        ArrayNode fields = Json.array();
        for (FieldSelector.Requirement requirement : selection.fields()) {
            add(fields, requirement.field(), requirement.equal() ? "In" : "NotIn", List.of(requirement.value()));
        }
        ArrayNode labels = Json.array();
        for (LabelSelector.Requirement requirement : selection.labels()) {
            String operator = operator(requirement.operator());
            if (!operator.isEmpty()) {
                add(labels, requirement.key(), operator, List.copyOf(new TreeSet<>(requirement.values())));
            }
        }
        if (!fields.isEmpty()) {
            resource.putObject("fieldSelector").set("requirements", fields);
        }
        if (!labels.isEmpty()) {
            resource.putObject("labelSelector").set("requirements", labels);
        }
    }

    private static String operator(LabelSelector.Operator operator) {
        return switch (operator) {
            case IN -> "In";
            case NOT_IN -> "NotIn";
            case EXISTS -> "Exists";
            case MISSING -> "DoesNotExist";
            // Reviews cannot compare numbers.
            case GREATER, LESS -> "";
        };
    }

    private static void add(ArrayNode requirements, String key, String operator, List<String> values) {
        ObjectNode requirement = requirements.addObject().put("key", key).put("operator", operator);
        list(requirement, "values", values);
    }

    /// A whole review that asks `spec`.
    ///
    /// @param version `v1` or `v1beta1`, in which groups have another name
    static ObjectNode review(ObjectNode spec, String version) {
        ObjectNode asked = spec;
        if (version.equals("v1beta1") && spec.has("groups")) {
            asked = Json.object();
            for (var field : spec.properties()) {
                asked.set(field.getKey().equals("groups") ? "group" : field.getKey(), field.getValue());
            }
        }
        ObjectNode review = Json.object();
        review.put("kind", "SubjectAccessReview").put("apiVersion", "authorization.k8s.io/" + version);
        review.putObject("metadata");
        review.set("spec", asked);
        review.putObject("status").put("allowed", false);
        return review;
    }

    private static void put(ObjectNode node, String field, String text) {
        if (!text.isEmpty()) {
            node.put(field, text);
        }
    }

    private static void list(ObjectNode node, String field, List<String> values) {
        if (!values.isEmpty()) {
            values.forEach(node.putArray(field)::add);
        }
    }
}
