package dev.longshore.apiserver.audit;

import dev.longshore.model.GoText;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/// Reads fields of a policy: refuses those of the wrong type in the words of Go's decoder, and remembers those that it
/// does not know.
final class PolicyFields {

    private final List<String> unknown = new ArrayList<>();

    /// A sentence for each unknown field.
    List<String> unknown() {
        return List.copyOf(unknown);
    }

    void requireOnly(JsonNode object, String path, Set<String> known) {
        object.properties().stream()
                .filter(field -> !known.contains(field.getKey()))
                .forEach(field -> unknown.add("unknown field \"" + path + field.getKey() + "\""));
    }

    String text(JsonNode object, String name, String field) {
        JsonNode value = object.path(name);
        if (isAbsent(value)) {
            return "";
        }
        if (!value.isString()) {
            throw wrongType(value, field, "string");
        }
        return value.asString();
    }

    Optional<Boolean> flag(JsonNode object, String name, String field) {
        JsonNode value = object.path(name);
        if (isAbsent(value)) {
            return Optional.empty();
        }
        if (!value.isBoolean()) {
            throw wrongType(value, field, "bool");
        }
        return Optional.of(value.booleanValue());
    }

    List<String> texts(JsonNode object, String name, String field) {
        JsonNode value = object.path(name);
        requireArray(value, field, "[]string");
        value.forEach(each -> {
            if (!each.isString()) {
                throw wrongType(each, field, "string");
            }
        });
        return list(object, name);
    }

    List<JsonNode> objects(JsonNode object, String name, String field) {
        JsonNode value = object.path(name);
        String type = "v1." + (name.equals("rules") ? "PolicyRule" : "GroupResources");
        requireArray(value, field, "[]" + type);
        value.forEach(each -> {
            if (!each.isObject()) {
                throw wrongType(each, field, type);
            }
        });
        return value.valueStream().toList();
    }

    /// What is in a list that was looked at before.
    static List<String> list(JsonNode object, String name) {
        return object.path(name).valueStream().map(JsonNode::asString).toList();
    }

    private static void requireArray(JsonNode value, String field, String type) {
        if (!isAbsent(value) && !value.isArray()) {
            throw wrongType(value, field, type);
        }
    }

    private static boolean isAbsent(JsonNode value) {
        return value.isMissingNode() || value.isNull();
    }

    private static AuditConfigException wrongType(JsonNode value, String field, String type) {
        return new AuditConfigException("failed decoding: json: cannot unmarshal %s into Go struct field %s of type %s"
                .formatted(GoText.jsonTypeOf(value), field, type));
    }
}
