package dev.longshore.kinds.custom;

import dev.longshore.kinds.kit.Checks;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.NameRule;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What the versions of a CustomResourceDefinition may not say. What is the same in all of them is told as if it
/// stood above them, as Kubernetes keeps it.
final class CustomVersionChecks {

    private static final int MAX_WARNING = 256;
    private static final int MAX_SELECTABLE = 8;
    private static final List<String> TYPES = List.of("boolean", "date", "integer", "number", "string");
    private static final List<String> FORMATS =
            List.of("byte", "date", "date-time", "double", "float", "int32", "int64", "password");

    private CustomVersionChecks() {}

    static void check(Checks checks, JsonNode spec) {
        List<ObjectNode> versions = Trees.list(spec, "versions");
        for (int i = 0; i < versions.size(); i++) {
            if (!Trees.has(versions.get(i), "schema", "openAPIV3Schema")) {
                checks.required("spec.versions[" + i + "].schema.openAPIV3Schema", "schemas are required");
            }
        }
        var names = new HashSet<String>();
        long stored = 0;
        for (int i = 0; i < versions.size(); i++) {
            ObjectNode version = versions.get(i);
            String name = Trees.text(version, "name");
            names.add(name);
            stored += Trees.flag(version, "storage") ? 1 : 0;
            List<String> faults = NameRule.DNS_1035_LABEL.check(name);
            if (!faults.isEmpty()) {
                checks.invalid("spec.versions[" + i + "].name", name, String.join(",", faults));
            }
            version(checks, "spec.versions[" + i + "]", version, new Shared(versions));
        }
        if (names.size() < versions.size()) {
            checks.invalid("spec.versions", spec.path("versions"), "must contain unique version names");
        }
        if (stored != 1) {
            checks.invalid(
                    "spec.versions", spec.path("versions"), "must have exactly one version marked as storage version");
        }
        if (!versions.isEmpty()) {
            shared(checks, versions);
        }
    }

    private static void version(Checks checks, String path, ObjectNode version, Shared shared) {
        warning(checks, path + ".deprecationWarning", version);
        if (!shared.has("schema")) {
            schema(checks, path + ".schema", version, hasStatus(version));
        }
        if (!shared.has("subresources")) {
            scale(checks, path + ".subresources.scale", version.path("subresources"));
        }
        if (!shared.has("additionalPrinterColumns")) {
            columns(checks, path + ".additionalPrinterColumns", version);
        }
        if (!shared.has("selectableFields")) {
            selectable(checks, path + ".selectableFields", version);
        }
    }

    private static void shared(Checks checks, List<ObjectNode> versions) {
        var shared = new Shared(versions);
        ObjectNode any = versions.getFirst();
        if (shared.has("schema")) {
            schema(checks, "spec.validation", any, versions.stream().anyMatch(CustomVersionChecks::hasStatus));
        }
        if (shared.has("subresources")) {
            scale(checks, "spec.subresources.scale", any.path("subresources"));
        }
        if (shared.has("additionalPrinterColumns")) {
            columns(checks, "spec.additionalPrinterColumns", any);
        }
        if (shared.has("selectableFields")) {
            selectable(checks, "spec.selectableFields", any);
        }
    }

    /// Which fields are the same in all versions.
    private record Shared(List<ObjectNode> versions) {
        boolean has(String field) {
            JsonNode first = versions.getFirst().path(field);
            return !first.isMissingNode()
                    && versions.stream().allMatch(version -> version.path(field).equals(first));
        }
    }

    private static boolean hasStatus(ObjectNode version) {
        return Trees.has(version, "subresources", "status");
    }

    private static void schema(Checks checks, String path, ObjectNode version, boolean hasStatus) {
        if (version.path("schema").path("openAPIV3Schema") instanceof ObjectNode schema) {
            CustomSchemaChecks.root(checks, path + ".openAPIV3Schema", schema, hasStatus);
        }
    }

    private static void warning(Checks checks, String path, ObjectNode version) {
        if (!Trees.has(version, "deprecationWarning")) {
            return;
        }
        String warning = Trees.text(version, "deprecationWarning");
        if (!Trees.flag(version, "deprecated")) {
            checks.invalid(path, warning, "can only be set for deprecated versions");
            return;
        }
        if (warning.length() > MAX_WARNING) {
            checks.invalid(path, warning, "must be <= 256 characters long");
        }
        if (warning.isEmpty()) {
            checks.invalid(path, warning, "must not be an empty string");
        }
        for (int i = 0; i < warning.length(); i++) {
            if (Character.isISOControl(warning.charAt(i))) {
                checks.invalid(
                        path,
                        warning,
                        "must only contain printable UTF-8 characters; non-printable character found at index " + i);
                break;
            }
        }
    }

    private static void scale(Checks checks, String path, JsonNode subresources) {
        if (!Trees.has(subresources, "scale")) {
            return;
        }
        JsonNode scale = subresources.path("scale");
        for (String part : List.of("spec", "status")) {
            String at = path + "." + part + "ReplicasPath";
            String json = Trees.text(scale, part + "ReplicasPath");
            if (checks.requiredText(at, json) && isPath(checks, at, json) && !json.startsWith("." + part + ".")) {
                checks.invalid(at, json, "should be a json path under ." + part);
            }
        }
        String selector = Trees.text(scale, "labelSelectorPath");
        String at = path + ".labelSelectorPath";
        boolean isElsewhere = !selector.startsWith(".spec.") && !selector.startsWith(".status.");
        if (!selector.isEmpty() && isPath(checks, at, selector) && isElsewhere) {
            checks.invalid(at, selector, "should be a json path under either .spec or .status");
        }
    }

    private static boolean isPath(Checks checks, String at, String path) {
        if (!path.startsWith(".")) {
            checks.invalid(at, path, "must be a simple json path starting with .");
        }
        return path.startsWith(".");
    }

    private static void columns(Checks checks, String path, ObjectNode version) {
        int index = 0;
        for (ObjectNode column : Trees.list(version, "additionalPrinterColumns")) {
            String at = path + "[" + index++ + "]";
            checks.requiredText(at + ".name", Trees.text(column, "name"));
            String type = Trees.text(column, "type");
            String oneOf = "must be one of " + String.join(",", TYPES);
            if (type.isEmpty()) {
                checks.required(at + ".type", oneOf);
            } else if (!TYPES.contains(type)) {
                checks.invalid(at + ".type", type, oneOf);
            }
            String format = Trees.text(column, "format");
            if (!format.isEmpty() && !FORMATS.contains(format)) {
                checks.invalid(at + ".format", format, "must be one of " + String.join(",", FORMATS));
            }
            String json = Trees.text(column, "jsonPath");
            if (checks.requiredText(at + ".JSONPath", json)) {
                isPath(checks, at + ".JSONPath", json);
            }
        }
    }

    private static void selectable(Checks checks, String path, ObjectNode version) {
        JsonNode schema = Trees.at(version, "schema", "openAPIV3Schema");
        var seen = new HashSet<String>();
        int index = 0;
        for (ObjectNode field : Trees.list(version, "selectableFields")) {
            String at = path + "[" + index++ + "].jsonPath";
            String json = Trees.text(field, "jsonPath");
            if (!checks.requiredText(at, json)) {
                continue;
            }
            Optional<JsonNode> found = find(schema, json);
            if (found.isEmpty()) {
                checks.invalid(at, json, "is an invalid path: does not refer to a valid field");
                continue;
            }
            if (json.equals(".metadata") || json.startsWith(".metadata.")) {
                checks.invalid(at, json, "must not point to fields in metadata");
            }
            if (!List.of("string", "boolean", "integer").contains(Trees.text(found.get(), "type"))) {
                checks.invalid(
                        at,
                        json,
                        "must point to a field of type string, boolean or integer. Enum string fields and strings with"
                                + " formats are allowed.");
            }
            if (!seen.add(json)) {
                checks.duplicate(at, json);
            }
        }
        checks.tooMany(path, seen.size(), MAX_SELECTABLE);
    }

    private static Optional<JsonNode> find(JsonNode schema, String path) {
        if (!path.startsWith(".")) {
            return Optional.empty();
        }
        JsonNode at = schema;
        for (String step : path.substring(1).split("\\.", -1)) {
            at = at.path("properties").path(step);
        }
        return at.isMissingNode() ? Optional.empty() : Optional.of(at);
    }
}
