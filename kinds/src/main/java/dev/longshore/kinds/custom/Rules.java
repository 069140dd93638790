package dev.longshore.kinds.custom;

import dev.longshore.kinds.cel.CostBudget;
import dev.longshore.kinds.cel.DeclaredType;
import dev.longshore.kinds.cel.Expression;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.Cause;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;
import tools.jackson.databind.node.ObjectNode;

/// The rules of one place of a schema and of all places below it. Thread-safe.
///
/// @param own those of the place itself
/// @param error why they cannot be judged; empty if they can
/// @param items those below a list
/// @param additional those below the entries of a map
record Rules(
        List<Rule> own,
        String error,
        String type,
        Map<String, Rules> properties,
        Optional<Rules> items,
        Optional<Rules> additional,
        List<Rules> all,
        Structural schema) {

    private static final int LONGEST_MESSAGE = 5 * 1024;

    /// The rules in `schema`; empty if there are none.
    static Optional<Rules> of(Structural schema, boolean isResource) {
        return hasAny(schema.schema()) ? Optional.of(make(schema, isResource)) : Optional.empty();
    }

    private static boolean hasAny(JsonNode schema) {
        return Trees.has(schema, "x-kubernetes-validations")
                || schema.valueStream().anyMatch(Rules::hasAny);
    }

    private static Rules make(Structural schema, boolean isResource) {
        var own = new ArrayList<Rule>();
        String error = "";
        List<ObjectNode> said = Trees.list(schema.schema(), "x-kubernetes-validations");
        if (!said.isEmpty()) {
            Optional<DeclaredType> type = DeclaredType.of("selfType", schema.schema(), isResource);
            if (type.isEmpty()) {
                error = "rule compiler initialization error: failed to convert to declType for CEL validation rules";
            } else {
                try {
                    for (ObjectNode rule : said) {
                        own.add(compile(rule, type.get()));
                    }
                } catch (Expression.Malformed malformed) {
                    error = "rule compile error: " + malformed.getMessage();
                }
            }
        }
        var properties = new LinkedHashMap<String, Rules>();
        schema.properties()
                .forEach(
                        (name, inner) -> of(inner, inner.isEmbedded()).ifPresent(rules -> properties.put(name, rules)));
        var all = new ArrayList<Rules>();
        for (ObjectNode part : Trees.list(schema.schema(), "allOf")) {
            if (hasAny(part)) {
                all.add(make(Structural.of(merged(schema.schema(), part)), false));
            }
        }
        return new Rules(
                List.copyOf(own),
                error,
                schema.type(),
                Map.copyOf(properties),
                schema.items().flatMap(inner -> of(inner, inner.isEmbedded())),
                schema.additional().flatMap(inner -> of(inner, inner.isEmbedded())),
                List.copyOf(all),
                schema);
    }

    /// A part of `allOf` says nothing of types: those are the whole's.
    private static JsonNode merged(JsonNode whole, ObjectNode part) {
        ObjectNode merged = ((ObjectNode) whole).deepCopy();
        merged.remove(List.of("x-kubernetes-validations", "allOf"));
        if (part.has("x-kubernetes-validations")) {
            merged.set("x-kubernetes-validations", part.get("x-kubernetes-validations"));
        }
        merged.path("properties").properties().forEach(property -> {
            if (property.getValue() instanceof ObjectNode inner) {
                inner.remove("x-kubernetes-validations");
                JsonNode said = part.path("properties").path(property.getKey()).path("x-kubernetes-validations");
                if (said.isArray()) {
                    inner.set("x-kubernetes-validations", said);
                }
            }
        });
        return merged;
    }

    static Rule compile(ObjectNode said, DeclaredType type) throws Expression.Malformed {
        boolean isOldOptional = Trees.flag(said, "optionalOldSelf");
        Expression expression =
                Expression.compile(Trees.text(said, "rule"), type, isOldOptional, Expression.Answer.BOOL);
        String message = Trees.text(said, "messageExpression");
        return new Rule(
                said,
                expression,
                message.isEmpty()
                        ? Optional.empty()
                        : Optional.of(Expression.compile(message, type, isOldOptional, Expression.Answer.TEXT)));
    }

    /// Which rules `value` breaks.
    ///
    /// @param old what it was before; missing if it is new
    static List<Cause> check(Rules rules, JsonNode value, JsonNode old) {
        var run = new Run(new CostBudget(CostBudget.OF_AN_OBJECT), new ArrayList<>());
        run.walk(rules, "", value, old, false);
        return run.causes;
    }

    /// One look at one object.
    private record Run(CostBudget budget, List<Cause> causes) {

        /// @param isUnchanged whether all of it, or what it stands in, is as it was
        /// @return false when nothing more shall be judged
        boolean walk(Rules rules, String path, JsonNode value, JsonNode old, boolean isUnchanged) {
            if (value.isNull() || value.isMissingNode()) {
                return true;
            }
            boolean isSame = isUnchanged || !old.isMissingNode() && value.equals(old);
            if (!own(rules, path, value, old, isSame)) {
                return false;
            }
            for (Rules part : rules.all) {
                if (!walk(part, path, value, old, isUnchanged)) {
                    return false;
                }
            }
            return value.isArray()
                    ? elements(rules, path, value, old, isSame)
                    : fields(rules, path, value, old, isSame);
        }

        private boolean fields(Rules rules, String path, JsonNode value, JsonNode old, boolean isSame) {
            for (var field : value.properties()) {
                Rules inner = rules.properties.get(field.getKey());
                boolean isNamed = inner != null;
                if (!isNamed && rules.schema.properties().containsKey(field.getKey())) {
                    continue;
                }
                Rules next = isNamed ? inner : rules.additional.orElse(null);
                String below = isNamed
                        ? (path.isEmpty() ? field.getKey() : path + "." + field.getKey())
                        : path + "[" + field.getKey() + "]";
                if (next != null && !walk(next, below, field.getValue(), old.path(field.getKey()), isSame)) {
                    return false;
                }
            }
            return true;
        }

        /// Only where keys tell which element is which it has a past.
        private boolean elements(Rules rules, String path, JsonNode value, JsonNode old, boolean isSame) {
            if (rules.items.isEmpty()) {
                return true;
            }
            boolean isKeyed = rules.schema.listType().equals("map");
            for (int i = 0; i < value.size(); i++) {
                JsonNode was = isKeyed ? past(rules.schema, value.get(i), old) : MissingNode.getInstance();
                if (!walk(rules.items.get(), path + "[" + i + "]", value.get(i), was, isSame)) {
                    return false;
                }
            }
            return true;
        }

        private static JsonNode past(Structural list, JsonNode element, JsonNode old) {
            JsonNode key = ListKeys.key(element, list.listKeys());
            for (JsonNode each : old) {
                if (ListKeys.key(each, list.listKeys()).equals(key)) {
                    return each;
                }
            }
            return MissingNode.getInstance();
        }

        private boolean own(Rules rules, String path, JsonNode value, JsonNode old, boolean isSame) {
            if (!rules.error.isEmpty()) {
                causes.add(Cause.invalid(path, Cause.quote(rules.type), rules.error));
                return true;
            }
            for (Rule rule : rules.own) {
                boolean isOfChange = rule.expression().usesOld();
                if (isOfChange && old.isMissingNode() && !rule.isOldOptional()) {
                    continue;
                }
                if (!one(rules, rule, path, value, old, isSame && !isOfChange)) {
                    return false;
                }
            }
            return true;
        }

        private boolean one(Rules rules, Rule rule, String path, JsonNode value, JsonNode old, boolean isForgiven) {
            String type = Cause.quote(rules.type);
            if (budget.isSpent()) {
                causes.add(Cause.invalid(path, type, spent()));
                return false;
            }
            try {
                Object answer = rule.expression().evaluate(value, old, budget);
                if (answer.equals(Boolean.FALSE) && !isForgiven) {
                    causes.add(refusal(rules, rule, path, value, old));
                }
                return true;
            } catch (Expression.TooCostly tooCostly) {
                causes.add(Cause.invalid(
                        path,
                        type,
                        budget.isSpent()
                                ? spent()
                                : "'" + tooCostly.getMessage()
                                        + "': no further validation rules will be run due to call"
                                        + " cost exceeds limit for rule: " + rule.shown()));
                return false;
            } catch (Expression.Failed failed) {
                causes.add(Cause.invalid(path, type, failed.getMessage() + " evaluating rule: " + rule.shown()));
                return true;
            }
        }

        private static String spent() {
            return "validation failed due to running out of cost budget, no further validation rules will be run";
        }

        private Cause refusal(Rules rules, Rule rule, String path, JsonNode value, JsonNode old) {
            String words = words(rule, value, old);
            String field = RulePath.normal(Trees.text(rule.said(), "fieldPath"), rules.schema.schema())
                    .orElse("");
            String at = field.isEmpty() ? path : path.isEmpty() ? field : path + "." + field;
            boolean isWhole = rules.type.equals("object") || rules.type.equals("array");
            String shown = value.isString() ? Cause.quote(value.asString()) : value.toString();
            return switch (Trees.text(rule.said(), "reason")) {
                case "FieldValueForbidden" -> Cause.forbidden(at, words);
                case "FieldValueRequired" -> Cause.required(at, words);
                case "FieldValueDuplicate" ->
                    isWhole ? new Cause("FieldValueDuplicate", at, "Duplicate value") : Cause.duplicate(at, shown);
                default ->
                    isWhole
                            ? new Cause("FieldValueInvalid", at, "Invalid value: " + words)
                            : Cause.invalid(at, shown, words);
            };
        }

        /// What the rule's own expression says, if it comes to something that can be shown in a line.
        private String words(Rule rule, JsonNode value, JsonNode old) {
            if (rule.message().isEmpty()) {
                return rule.refusal();
            }
            try {
                String words = String.valueOf(rule.message().get().evaluate(value, old, budget))
                        .strip();
                boolean isUsable = !words.isEmpty() && !words.contains("\n") && words.length() <= LONGEST_MESSAGE;
                return isUsable ? words : rule.refusal();
            } catch (Expression.Failed | Expression.TooCostly notMade) {
                return rule.refusal();
            }
        }
    }
}
