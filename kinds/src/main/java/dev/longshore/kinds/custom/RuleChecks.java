package dev.longshore.kinds.custom;

import dev.longshore.kinds.cel.DeclaredType;
import dev.longshore.kinds.cel.Expression;
import dev.longshore.kinds.kit.Checks;
import dev.longshore.kinds.kit.Trees;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Whether the rules of a schema can be judged: they must compile, answer what they should, look at the past only
/// where there is one, and cost no more than Kubernetes allows, each and together.
final class RuleChecks {

    private static final long MOST_OF_ONE = 10_000_000;
    private static final long MOST_OF_ALL = 100_000_000;
    private static final long UNBOUNDED = -1;
    private static final int TOLD = 4;
    private static final String HOW = " (try simplifying the rule, or adding maxItems, maxProperties, and maxLength"
            + " where arrays, maps, and strings are declared)";

    private final Checks checks;
    private final List<Priced> priced = new ArrayList<>();

    private RuleChecks(Checks checks) {
        this.checks = checks;
    }

    /// An expression and what it can cost.
    private record Priced(String path, long cost) {}

    /// @param copies how often it can stand in one object; [#UNBOUNDED] if nothing limits that
    /// @param pastless the list below which nothing has a past; empty if all has
    private record Place(long copies, String pastless) {
        Place times(JsonNode limit, String below) {
            long most = limit.isNumber() ? Math.max(0, limit.asLong()) : UNBOUNDED;
            boolean isLimited = copies != UNBOUNDED && most != UNBOUNDED;
            return new Place(isLimited ? RuleChecks.times(copies, most) : UNBOUNDED, below);
        }
    }

    /// Checks the rules in `schema`, the whole of a resource's and sound but for its rules, which stands at `path`.
    static void check(Checks checks, String path, ObjectNode schema) {
        var walk = new RuleChecks(checks);
        walk.walk(path, schema, true, new Place(1, ""));
        walk.total(path);
    }

    private void walk(String path, ObjectNode schema, boolean isResource, Place place) {
        if (schema.path("additionalProperties") instanceof ObjectNode inner) {
            walk(
                    path + ".additionalProperties",
                    inner,
                    isEmbedded(inner),
                    place.times(schema.path("maxProperties"), place.pastless));
        }
        schema.path("properties").properties().forEach(property -> {
            if (property.getValue() instanceof ObjectNode inner) {
                walk(path + ".properties[" + property.getKey() + "]", inner, isEmbedded(inner), place);
            }
        });
        if (schema.path("items") instanceof ObjectNode items) {
            boolean isKeyed = Trees.text(schema, "x-kubernetes-list-type").equals("map");
            String pastless = isKeyed || !place.pastless.isEmpty() ? place.pastless : path;
            walk(path + ".items", items, isEmbedded(items), place.times(schema.path("maxItems"), pastless));
        }
        List<ObjectNode> rules = Trees.list(schema, "x-kubernetes-validations");
        if (!rules.isEmpty()) {
            rules(path, schema, isResource, place, rules);
        }
    }

    private static boolean isEmbedded(JsonNode schema) {
        return Trees.flag(schema, "x-kubernetes-embedded-resource");
    }

    private void rules(String path, ObjectNode schema, boolean isResource, Place place, List<ObjectNode> rules) {
        Optional<DeclaredType> type = DeclaredType.of("selfType", schema, isResource);
        if (type.isEmpty()) {
            checks.invalid(
                    path + ".x-kubernetes-validations",
                    schema.path("x-kubernetes-validations"),
                    "failed to convert to declType for CEL validation rules");
            return;
        }
        for (int i = 0; i < rules.size(); i++) {
            rule(path + ".x-kubernetes-validations[" + i + "]", rules.get(i), type.get(), place);
        }
    }

    private void rule(String path, ObjectNode rule, DeclaredType type, Place place) {
        boolean isOldOptional = Trees.flag(rule, "optionalOldSelf");
        String text = Trees.text(rule, "rule");
        try {
            Expression expression = Expression.compile(text, type, isOldOptional, Expression.Answer.BOOL);
            price(path + ".rule", "estimated rule cost", times(expression.highestCost(), copies(place, type)));
            past(path, rule, text, expression, place);
        } catch (Expression.Malformed malformed) {
            checks.invalid(path + ".rule", rule, malformed.getMessage());
        }
        String message = Trees.text(rule, "messageExpression");
        if (!message.isEmpty()) {
            try {
                Expression expression = Expression.compile(message, type, isOldOptional, Expression.Answer.TEXT);
                price(path + ".messageExpression", "estimated messageExpression cost", expression.highestCost());
            } catch (Expression.Malformed malformed) {
                String why = malformed.getMessage();
                checks.invalid(
                        path + ".messageExpression",
                        rule,
                        why.startsWith("compilation") ? "messageExpression " + why : why);
            }
        }
    }

    private void past(String path, ObjectNode rule, String text, Expression expression, Place place) {
        if (expression.usesOld() && !place.pastless.isEmpty()) {
            checks.invalid(
                    path + ".rule",
                    text,
                    "oldSelf cannot be used on the uncorrelatable portion of the schema within " + place.pastless);
        } else if (!expression.usesOld() && Trees.has(rule, "optionalOldSelf")) {
            checks.invalid(
                    path + ".optionalOldSelf",
                    rule.path("optionalOldSelf"),
                    "may not be set if oldSelf is not used in rule");
        }
    }

    private static long copies(Place place, DeclaredType type) {
        return place.copies == UNBOUNDED ? type.mostCopies() : place.copies;
    }

    private void price(String path, String what, long cost) {
        priced.add(new Priced(path, cost));
        if (cost > MOST_OF_ONE) {
            checks.forbidden(path, tooMuch(what, cost, MOST_OF_ONE));
        }
    }

    private void total(String path) {
        long sum = priced.stream().mapToLong(Priced::cost).reduce(0, RuleChecks::plus);
        if (sum <= MOST_OF_ALL) {
            return;
        }
        priced.stream()
                .sorted(Comparator.comparingLong(Priced::cost).reversed())
                .limit(TOLD)
                .forEach(each -> checks.forbidden(
                        each.path,
                        "contributed to estimated rule cost total exceeding cost limit for entire OpenAPIv3 schema"));
        checks.forbidden(
                path,
                tooMuch(
                        "x-kubernetes-validations estimated rule cost total for entire OpenAPIv3 schema",
                        sum,
                        MOST_OF_ALL));
    }

    private static String tooMuch(String what, long cost, long most) {
        double factor = (double) cost / most;
        String shown =
                factor > 100 ? "more than 100x" : String.format(Locale.ROOT, factor < 1.5 ? "%fx" : "%.1fx", factor);
        return what + " exceeds budget by factor of " + shown + HOW;
    }

    private static long plus(long left, long right) {
        long sum = left + right;
        return sum < 0 ? Long.MAX_VALUE : sum;
    }

    private static long times(long left, long right) {
        if (left == 0 || right == 0) {
            return 0;
        }
        return left > Long.MAX_VALUE / right ? Long.MAX_VALUE : left * right;
    }
}
