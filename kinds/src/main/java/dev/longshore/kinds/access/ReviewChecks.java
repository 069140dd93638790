package dev.longshore.kinds.access;

import dev.longshore.kinds.kit.Checks;
import dev.longshore.kinds.kit.InnerTypes;
import dev.longshore.kinds.kit.Selectors;
import dev.longshore.kinds.kit.Trees;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What a question about access may not say.
final class ReviewChecks {

    private static final String ATTRIBUTES = "spec.resourceAttributes";

    private ReviewChecks() {}

    /// @param namesUser whether it says whom it is about
    /// @param namespace in which it is asked; empty for most
    static void check(Checks checks, ObjectNode review, boolean namesUser, String namespace) {
        JsonNode spec = review.path("spec");
        boolean hasResource = Trees.has(spec, "resourceAttributes");
        boolean hasPath = Trees.has(spec, "nonResourceAttributes");
        if (hasResource && hasPath) {
            checks.invalid(
                    "spec.nonResourceAttributes",
                    paths(spec),
                    "cannot be specified in combination with resourceAttributes");
        }
        if (!hasResource && !hasPath) {
            checks.invalid(
                    ATTRIBUTES,
                    paths(spec),
                    "exactly one of nonResourceAttributes or resourceAttributes must be specified");
        }
        boolean isAboutNobody =
                Trees.text(spec, "user").isEmpty() && spec.path("groups").isEmpty();
        if (namesUser && isAboutNobody) {
            checks.invalid("spec.user", "", "at least one of user or group must be specified");
        }
        selectors(checks, spec.path("resourceAttributes"));
        metadata(checks, review, namespace);
        if (!namespace.isEmpty()) {
            local(checks, spec, namespace, hasPath);
        }
    }

    private static JsonNode paths(JsonNode spec) {
        return InnerTypes.of("NonResourceAttributes", spec.path("nonResourceAttributes"));
    }

    private static void local(Checks checks, JsonNode spec, String namespace, boolean hasPath) {
        String asked = Trees.text(spec, "resourceAttributes", "namespace");
        if (Trees.has(spec, "resourceAttributes") && !asked.equals(namespace)) {
            checks.invalid(ATTRIBUTES + ".namespace", asked, "must match metadata.namespace");
        }
        if (hasPath) {
            checks.invalid("spec.nonResourceAttributes", paths(spec), "disallowed on this kind of request");
        }
    }

    /// A question has no name, and nothing else that objects have.
    private static void metadata(Checks checks, ObjectNode review, String namespace) {
        ObjectNode metadata =
                review.path("metadata") instanceof ObjectNode object ? object.deepCopy() : review.objectNode();
        metadata.remove("managedFields");
        if (!namespace.isEmpty()) {
            metadata.remove("namespace");
        }
        if (!metadata.isEmpty()) {
            checks.invalid(
                    "metadata",
                    review.path("metadata"),
                    namespace.isEmpty() ? "must be empty" : "must be empty except for namespace");
        }
    }

    private static void selectors(Checks checks, JsonNode attributes) {
        for (String kind : List.of("fieldSelector", "labelSelector")) {
            if (Trees.has(attributes, kind)) {
                selector(checks, ATTRIBUTES + "." + kind, attributes.path(kind), kind.equals("labelSelector"));
            }
        }
    }

    private static void selector(Checks checks, String path, JsonNode selector, boolean isOfLabels) {
        String raw = Trees.text(selector, "rawSelector");
        List<ObjectNode> requirements = Trees.list(selector, "requirements");
        if (!raw.isEmpty() && !requirements.isEmpty()) {
            checks.invalid(path + ".rawSelector", raw, "may not specified at the same time as requirements");
        }
        if (raw.isEmpty() && requirements.isEmpty()) {
            checks.required(
                    path + ".requirements", "when " + path + " is specified, requirements or rawSelector is required");
        }
        for (int i = 0; i < requirements.size(); i++) {
            String at = path + ".requirements[" + i + "]";
            ObjectNode requirement = requirements.get(i);
            String operator = Trees.text(requirement, "operator");
            String key = Trees.text(requirement, "key");
            if (!isOfLabels && key.isEmpty()) {
                checks.required(at + ".key", "must be specified");
            }
            values(checks, at, operator, !requirement.path("values").isEmpty());
            if (isOfLabels) {
                Selectors.checkKey(checks, at + ".key", key);
                int index = 0;
                for (String value : Trees.strings(requirement, "values")) {
                    Selectors.checkValue(checks, at + ".values[" + index++ + "]", value);
                }
            }
        }
    }

    /// Operators that nobody knows may come of later clients.
    private static void values(Checks checks, String at, String operator, boolean hasValues) {
        boolean wantsValues = operator.equals("In") || operator.equals("NotIn");
        boolean wantsNone = operator.equals("Exists") || operator.equals("DoesNotExist");
        if (wantsValues && !hasValues) {
            checks.required(at + ".values", "must be specified when `operator` is 'In' or 'NotIn'");
        } else if (wantsNone && hasValues) {
            checks.forbidden(at + ".values", "may not be specified when `operator` is 'Exists' or 'DoesNotExist'");
        }
    }
}
