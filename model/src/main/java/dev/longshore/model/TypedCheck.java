package dev.longshore.model;

import dev.longshore.model.TypedTree.Grain;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import tools.jackson.databind.JsonNode;

/// Whether a value is of its schema's shape, strictly: what an applier sends must be known field by field, and
/// no element may stand twice.
final class TypedCheck {

    private TypedCheck() {}

    /// What is wrong, each as `.spec.replicas: expected numeric (int or float), got string`.
    static List<String> errors(JsonNode value, TypedShape shape) {
        var errors = new ArrayList<String>();
        check(value, shape, "", errors);
        return errors;
    }

    /// Errors as one sentence.
    static String joined(List<String> errors) {
        return errors.size() == 1 ? errors.getFirst() : "errors:\n  " + String.join("\n  ", errors);
    }

    private static void check(JsonNode value, TypedShape shape, String path, List<String> errors) {
        if (value.isNull()) {
            return;
        }
        Schema schema = shape.schema();
        switch (schema.type()) {
            case "object" -> {
                if (value.isObject()) {
                    fields(value, shape, path, errors);
                } else {
                    errors.add(at(path) + "expected map, got &{" + GoText.of(value) + "}");
                }
            }
            case "array" -> {
                if (value.isArray()) {
                    elements(value, shape, path, errors);
                } else {
                    errors.add(at(path) + "expected list, got &{" + GoText.of(value) + "}");
                }
            }
            case "string" -> {
                boolean isUntyped = schema.format().equals("int-or-string")
                        || schema.format().equals("quantity");
                if (!value.isString() && !(isUntyped && value.isNumber())) {
                    errors.add(
                            at(path) + "expected string, got &value.valueUnstructured{Value:" + GoText.of(value) + "}");
                }
            }
            case "integer", "number" -> {
                if (!value.isNumber()) {
                    errors.add(at(path) + "expected numeric (int or float), got " + GoText.typeOf(value));
                }
            }
            case "boolean" -> {
                if (!value.isBoolean()) {
                    errors.add(at(path) + "expected boolean, got &{" + GoText.of(value) + "}");
                }
            }
            default -> {}
        }
    }

    private static void fields(JsonNode object, TypedShape shape, String path, List<String> errors) {
        Schema schema = shape.schema();
        boolean isOpen = schema.preservesUnknown() || schema.properties().isEmpty();
        for (var field : object.properties()) {
            boolean isKnown =
                    shape.isNamed(field.getKey()) || schema.additional().isPresent() || isOpen;
            String place = path + "." + field.getKey();
            if (isKnown) {
                check(field.getValue(), shape.field(field.getKey()), place, errors);
            } else {
                errors.add(place + ": field not declared in schema");
                return;
            }
        }
    }

    private static void elements(JsonNode list, TypedShape shape, String path, List<String> errors) {
        Grain grain = shape.grain(list);
        var seen = new HashSet<FieldStep>();
        int index = 0;
        for (JsonNode element : list) {
            String place = path + "[" + index + "]";
            if (grain.isList()) {
                try {
                    FieldStep step = shape.stepTo(element);
                    place = path + step.shown();
                    if (!seen.add(step)) {
                        errors.add(at(path) + "duplicate entries for key " + step.shown());
                    }
                } catch (TypedTree.Untyped broken) {
                    errors.add(at(path) + "element " + index + ": " + broken.getMessage());
                    return;
                }
            }
            check(element, shape.items(), place, errors);
            index++;
        }
    }

    private static String at(String path) {
        return path.isEmpty() ? "" : path + ": ";
    }
}
