package dev.longshore.kinds.cel;

import dev.cel.common.values.CelByteString;
import dev.longshore.base.Json;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.NullNode;
import tools.jackson.databind.node.ObjectNode;

/// What expressions that make patches answered, as JSON.
final class MadePatch {

    private MadePatch() {}

    /// @throws Expression.Failed when objects stand where others belong, or something is not JSON's
    static JsonNode json(Object made) throws Expression.Failed {
        if (made instanceof MadeObject object) {
            requireNames(object);
            return value(object);
        }
        var operations = Json.array();
        for (Object each : (Collection<?>) made) {
            var operation = (MadeObject) each;
            if (operation.get("value") instanceof MadeObject object) {
                requireNames(object);
            }
            operations.add(operation(operation));
        }
        return operations;
    }

    private static void requireNames(MadeObject object) throws Expression.Failed {
        List<String> faults = object.misnamed();
        if (!faults.isEmpty()) {
            throw Expression.Failed.ofResult("type mismatch: " + String.join("\n", faults));
        }
    }

    private static ObjectNode operation(MadeObject made) throws Expression.Failed {
        ObjectNode operation = Json.object();
        operation.put("op", text(made, "op")).put("path", text(made, "path"));
        if (!text(made, "from").isEmpty()) {
            operation.put("from", text(made, "from"));
        }
        if (made.containsKey("value")) {
            operation.set("value", value(made.get("value")));
        }
        return operation;
    }

    private static String text(MadeObject made, String field) {
        return made.get(field) instanceof String text ? text : "";
    }

    private static JsonNode value(Object value) throws Expression.Failed {
        return switch (value) {
            case String text -> Json.object().stringNode(text);
            case Boolean flag -> Json.object().booleanNode(flag);
            case Long number -> Json.object().numberNode(number);
            case Double number -> number(number);
            case Number number -> Json.object().numberNode(number.longValue());
            case Map<?, ?> map -> object(map);
            case Collection<?> list -> list(list);
            case Instant time -> Json.object().stringNode(time.toString());
            case Duration span -> Json.object().stringNode(seconds(span));
            case CelByteString bytes ->
                Json.object().stringNode(Base64.getEncoder().encodeToString(bytes.toByteArray()));
            case dev.cel.common.values.NullValue none -> NullNode.getInstance();
            case null -> NullNode.getInstance();
            default ->
                throw Expression.Failed.ofResult(
                        "JSONPath valueExpression evaluated to a type that could not marshal to JSON: "
                                + CelValues.shown(value));
        };
    }

    /// Go prints whole numbers without a point.
    private static JsonNode number(double number) {
        return number == Math.rint(number) && Math.abs(number) < 1e15
                ? Json.object().numberNode((long) number)
                : Json.object().numberNode(number);
    }

    private static String seconds(Duration span) {
        String seconds = java.math.BigDecimal.valueOf(span.getSeconds())
                .add(java.math.BigDecimal.valueOf(span.getNano(), 9))
                .stripTrailingZeros()
                .toPlainString();
        return seconds + "s";
    }

    private static ObjectNode object(Map<?, ?> map) throws Expression.Failed {
        ObjectNode object = Json.object();
        for (var field : map.entrySet()) {
            if (!(field.getKey() instanceof String name)) {
                throw Expression.Failed.ofResult("map key \"%s\" is not a string".formatted(field.getKey()));
            }
            object.set(name, value(field.getValue()));
        }
        return object;
    }

    private static ArrayNode list(Collection<?> values) throws Expression.Failed {
        ArrayNode list = Json.array();
        for (Object each : values) {
            list.add(value(each));
        }
        return list;
    }
}
