package dev.longshore.kinds.custom;

import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.Cause;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Judges a value by the schema of a custom resource, in the words of kube-openapi's validator. Paths go on from the
/// place of the value; the words name the path below it, so that of the value itself they name nothing.
final class SchemaValues {

    private final String root;
    private final List<Cause> causes = new ArrayList<>();
    private final Unchanged unchanged;

    private SchemaValues(String root, Unchanged unchanged) {
        this.root = root;
        this.unchanged = unchanged;
    }

    /// What is wrong with `value`, which stands at `path`; empty if it is as `schema` says.
    static List<Cause> check(String path, JsonNode value, JsonNode schema) {
        var values = new SchemaValues(path, Unchanged.NOTHING);
        values.walk("", value, schema);
        return List.copyOf(values.causes);
    }

    /// As [#check], of a value that was `old` before: what was not changed is not judged again.
    static List<Cause> checkChange(String path, JsonNode value, JsonNode old, Structural schema) {
        var values = new SchemaValues(path, Unchanged.of(value, old, schema));
        values.walk("", value, schema.schema());
        return List.copyOf(values.causes);
    }

    private boolean isSound(String name, JsonNode value, JsonNode schema) {
        var values = new SchemaValues(root, unchanged);
        values.walk(name, value, schema);
        return values.causes.isEmpty();
    }

    private String at(String name) {
        String step = name.startsWith(".") ? name.substring(1) : name;
        return step.isEmpty() ? root : root.isEmpty() ? step : root + "." + step;
    }

    private void invalid(String name, JsonNode value, String words) {
        causes.add(Cause.invalid(at(name), shown(value), name + " in body " + words));
    }

    private static String shown(JsonNode value) {
        return value.isString() ? Cause.quote(value.asString()) : value.toString();
    }

    private void walk(String name, JsonNode value, JsonNode schema) {
        if (unchanged.contains(name) || !hasType(name, value, schema)) {
            return;
        }
        if (value.isNull()) {
            oneOfValues(name, value, schema);
            return;
        }
        junctors(name, value, schema);
        if (value.isString()) {
            new SchemaTexts(schema).faults(value.asString()).forEach(fault -> told(name, value, fault));
        } else if (value.isNumber()) {
            number(name, value, schema);
        } else if (value.isArray()) {
            list(name, value, schema);
        }
        oneOfValues(name, value, schema);
        if (value instanceof ObjectNode object) {
            object(name, object, schema);
        }
    }

    private void told(String name, JsonNode value, SchemaTexts.Fault fault) {
        switch (fault) {
            case SchemaTexts.Fault.TooLong(int longest) -> causes.add(Cause.tooLong(at(name), longest));
            case SchemaTexts.Fault.Wrong(String words) -> invalid(name, value, words);
        }
    }

    private boolean hasType(String name, JsonNode value, JsonNode schema) {
        String type = typeOf(value);
        boolean isEither = Trees.flag(schema, "x-kubernetes-int-or-string");
        String wanted = isEither ? "integer,string" : Trees.text(schema, "type");
        boolean fits = wanted.isEmpty()
                || List.of(wanted.split(",")).contains(type)
                || type.equals("integer") && wanted.equals("number")
                || type.equals("number") && wanted.contains("integer") && isWhole(value)
                || value.isNull() && Trees.flag(schema, "nullable");
        if (!fits) {
            String words = name + " in body must be of type " + wanted + ": " + Cause.quote(type);
            causes.add(Cause.typeInvalid(at(name), Cause.quote(type), words));
        }
        return fits;
    }

    private static String typeOf(JsonNode value) {
        if (value.isNumber()) {
            return value.isIntegralNumber() ? "integer" : "number";
        }
        return switch (value.getNodeType()) {
            case STRING -> "string";
            case BOOLEAN -> "boolean";
            case ARRAY -> "array";
            case OBJECT -> "object";
            default -> "null";
        };
    }

    private static boolean isWhole(JsonNode value) {
        return value.decimalValue().stripTrailingZeros().scale() <= 0;
    }

    private void oneOfValues(String name, JsonNode value, JsonNode schema) {
        JsonNode allowed = schema.path("enum");
        if (!allowed.isArray() || allowed.isEmpty() || contains(allowed, value)) {
            return;
        }
        List<String> shown = allowed.valueStream()
                .map(one -> one.isString() ? one.asString() : one.toString())
                .toList();
        causes.add(Cause.unsupported(at(name), shown(value), shown));
    }

    private static boolean contains(JsonNode allowed, JsonNode value) {
        return allowed.valueStream()
                .anyMatch(one -> one.equals(value)
                        || one.isNumber()
                                && value.isNumber()
                                && one.decimalValue().compareTo(value.decimalValue()) == 0);
    }

    private void number(String name, JsonNode value, JsonNode schema) {
        BigDecimal number = value.decimalValue();
        if (schema.path("multipleOf").isNumber()) {
            BigDecimal factor = schema.path("multipleOf").decimalValue();
            if (factor.signum() > 0 && number.remainder(factor).signum() != 0) {
                invalid(name, value, "should be a multiple of " + plain(factor));
            }
        }
        bound(name, value, schema, "maximum", order -> order < 0);
        bound(name, value, schema, "minimum", order -> order > 0);
    }

    private void bound(String name, JsonNode value, JsonNode schema, String word, IntPredicate isInside) {
        if (!schema.path(word).isNumber()) {
            return;
        }
        BigDecimal bound = schema.path(word).decimalValue();
        boolean isMost = word.equals("maximum");
        boolean isExclusive = Trees.flag(schema, isMost ? "exclusiveMaximum" : "exclusiveMinimum");
        int order = value.decimalValue().compareTo(bound);
        if (isInside.test(order) || order == 0 && !isExclusive) {
            return;
        }
        String words = (isMost ? "less than " : "greater than ") + (isExclusive ? "" : "or equal to ");
        invalid(name, value, "should be " + words + plain(bound));
    }

    private static String plain(BigDecimal number) {
        return number.signum() == 0 ? "0" : number.stripTrailingZeros().toPlainString();
    }

    private void list(String name, JsonNode value, JsonNode schema) {
        long least = Trees.number(schema, 0, "minItems");
        int before = causes.size();
        if (schema.path("items") instanceof ObjectNode items) {
            for (int i = 0; i < value.size(); i++) {
                walk(name + "[" + i + "]", value.get(i), items);
            }
        }
        if (value.size() < least) {
            invalid(name, value, "should have at least " + least + " items");
        }
        if (schema.path("maxItems").isNumber()) {
            long most = schema.path("maxItems").asLong();
            if (value.size() > most) {
                causes.add(Cause.tooMany(at(name), value.size(), (int) most));
            }
        }
        boolean isSound = causes.size() == before;
        if (isSound && Trees.flag(schema, "uniqueItems") && hasTwice(value)) {
            invalid(name, value, "shouldn't contain duplicates");
        }
    }

    private static boolean hasTwice(JsonNode list) {
        var seen = new HashSet<JsonNode>();
        return IntStream.range(0, list.size()).anyMatch(i -> !seen.add(list.get(i)));
    }

    private void object(String name, ObjectNode value, JsonNode schema) {
        long least = Trees.number(schema, 0, "minProperties");
        if (value.size() < least) {
            invalid(name, value, "should have at least " + least + " properties");
        }
        if (schema.path("maxProperties").isNumber()) {
            long most = schema.path("maxProperties").asLong();
            if (value.size() > most) {
                causes.add(Cause.tooMany(at(name), value.size(), (int) most));
            }
        }
        for (String required : Trees.strings(schema, "required")) {
            if (!value.has(required)) {
                causes.add(Cause.required(at(name + "." + required), ""));
            }
        }
        JsonNode properties = schema.path("properties");
        value.properties().forEach(field -> {
            String below = name.isEmpty() ? field.getKey() : name + "." + field.getKey();
            JsonNode inner = properties.has(field.getKey())
                    ? properties.path(field.getKey())
                    : schema.path("additionalProperties");
            if (inner.isObject()) {
                walk(below, field.getValue(), inner);
            }
        });
    }

    private void junctors(String name, JsonNode value, JsonNode schema) {
        long sound = sound(name, value, schema, "anyOf");
        if (!schema.path("anyOf").isEmpty() && sound == 0) {
            joined(name, "must validate at least one schema (anyOf)");
            first(name, value, schema, "anyOf");
        }
        sound = sound(name, value, schema, "oneOf");
        if (!schema.path("oneOf").isEmpty() && sound != 1) {
            joined(
                    name,
                    "must validate one and only one schema (oneOf). "
                            + (sound == 0 ? "Found none valid" : "Found " + sound + " valid alternatives"));
            if (sound == 0) {
                first(name, value, schema, "oneOf");
            }
        }
        if (sound(name, value, schema, "allOf") < schema.path("allOf").size()) {
            schema.path("allOf").forEach(one -> walk(name, value, one));
            joined(name, "must validate all the schemas (allOf)");
        }
        if (schema.path("not").isObject() && isSound(name, value, schema.path("not"))) {
            joined(name, "must not validate the schema (not)");
        }
    }

    private long sound(String name, JsonNode value, JsonNode schema, String junctor) {
        return schema.path(junctor)
                .valueStream()
                .filter(one -> isSound(name, value, one))
                .count();
    }

    /// Of alternatives none of which fits, the first is explained.
    private void first(String name, JsonNode value, JsonNode schema, String junctor) {
        walk(name, value, schema.path(junctor).get(0));
    }

    private void joined(String name, String words) {
        causes.add(Cause.invalid(root, "\"\"", Cause.quote(name) + " " + words));
    }
}
