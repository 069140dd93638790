package dev.longshore.kinds.cel;

import dev.cel.common.values.CelByteString;
import dev.cel.common.values.NullValue;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// Turns trees into what expressions work on: maps, lists, longs, doubles, texts, times.
final class CelValues {

    private CelValues() {}

    /// The value of `node`, of `type`. What is not of its type stays what it is: expressions will stumble over it.
    static Object of(JsonNode node, DeclaredType type) {
        if (node.isNull() || node.isMissingNode()) {
            return NullValue.NULL_VALUE;
        }
        if (node.isObject()) {
            return map(node, type);
        }
        if (node.isArray()) {
            var list = new ArrayList<Object>(node.size());
            node.forEach(element ->
                    list.add(type.element().map(inner -> of(element, inner)).orElseGet(() -> plain(element))));
            return keyed(list, type);
        }
        return node.isString() ? text(node.asString(), type) : number(node, type);
    }

    /// Lists that are sets or maps are equal whatever their order.
    private static Object keyed(List<Object> list, DeclaredType type) {
        return switch (type.schema().path("x-kubernetes-list-type").asString("")) {
            case "set" -> new AnyOrder(list, List.of());
            case "map" ->
                new AnyOrder(
                        list,
                        type.schema()
                                .path("x-kubernetes-list-map-keys")
                                .valueStream()
                                .map(key -> key.asString(""))
                                .toList());
            default -> list;
        };
    }

    private static Object map(JsonNode node, DeclaredType type) {
        var map = new LinkedHashMap<String, Object>();
        if (type.element().isPresent()) {
            node.properties()
                    .forEach(entry -> map.put(
                            entry.getKey(), of(entry.getValue(), type.element().get())));
            return map;
        }
        for (var field : node.properties()) {
            Optional<String> name = FieldName.escaped(field.getKey());
            DeclaredType inner = name.map(type.fields()::get).orElse(null);
            // A field that may be null and is so counts as not there.
            if (inner != null && !field.getValue().isNull()) {
                map.put(name.get(), of(field.getValue(), inner));
            }
        }
        return map;
    }

    private static Object text(String text, DeclaredType type) {
        try {
            return switch (type.type().kind()) {
                case BYTES -> CelByteString.of(Base64.getDecoder().decode(text));
                case DURATION ->
                    dev.longshore.kinds.cel.GoDuration.parse(text)
                            .map(Object.class::cast)
                            .orElse(text);
                case TIMESTAMP -> time(text, type);
                default -> text;
            };
        } catch (IllegalArgumentException | java.time.DateTimeException malformed) {
            return text;
        }
    }

    private static Object time(String text, DeclaredType type) {
        return type.schema().path("format").asString("").equals("date")
                ? LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant()
                : java.time.OffsetDateTime.parse(text).toInstant();
    }

    private static Object number(JsonNode node, DeclaredType type) {
        if (node.isBoolean()) {
            return node.asBoolean();
        }
        boolean isWhole =
                switch (type.type().kind()) {
                    case DOUBLE -> false;
                    case INT -> true;
                    default -> node.isIntegralNumber();
                };
        return isWhole ? (Object) node.asLong() : (Object) node.asDouble();
    }

    /// Of no known type.
    private static Object plain(JsonNode node) {
        return switch (node.getNodeType()) {
            case STRING -> node.asString();
            case BOOLEAN -> node.asBoolean();
            case NUMBER -> node.isIntegralNumber() ? (Object) node.asLong() : (Object) node.asDouble();
            default -> NullValue.NULL_VALUE;
        };
    }

    /// What an expression answered, for people.
    static String shown(Object value) {
        return switch (value) {
            case Instant time -> time.toString();
            case Duration span -> span.toString();
            case Map<?, ?> map -> map.toString();
            default -> String.valueOf(value);
        };
    }
}
