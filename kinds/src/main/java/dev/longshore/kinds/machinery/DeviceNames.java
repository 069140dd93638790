package dev.longshore.kinds.machinery;

import dev.longshore.kinds.cel.DeviceExpression;
import dev.longshore.kinds.cel.Expression;
import dev.longshore.kinds.kit.Checks;
import dev.longshore.kinds.kit.Selectors;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.Cause;
import dev.longshore.model.NameRule;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What things of devices are called, and the lists and texts that claims, classes and slices have in common.
final class DeviceNames {

    private static final int MAX_POOL = 253;
    private static final int MAX_IDENTIFIER = 32;
    private static final int MAX_KEY = 63 + 1 + MAX_IDENTIFIER;
    private static final String ELLIPSIS = "...";
    private static final int MAX_SELECTORS = 32;
    private static final int MAX_EXPRESSION = 10 * 1024;
    private static final int MAX_PARAMETERS = 10 * 1024;
    private static final Pattern IDENTIFIER = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
    private static final String NOT_AN_IDENTIFIER = "a valid C identifier must start with alphabetic character or '_',"
            + " followed by a string of alphanumeric characters or '_' (e.g. 'my_name',  or 'MY_NAME',  or 'MyName',"
            + " regex used for validation is '" + IDENTIFIER + "')";
    private static final List<String> EFFECTS = List.of("NoExecute", "NoSchedule", "None");

    private DeviceNames() {}

    static void pool(Checks checks, String path, String name) {
        if (!checks.requiredText(path, name)) {
            return;
        }
        checks.tooLong(path, name, MAX_POOL);
        for (String part : name.split("/", -1)) {
            checks.name(path, part, NameRule.DNS_SUBDOMAIN);
        }
    }

    /// `[DOMAIN/]IDENTIFIER`.
    static void qualified(Checks checks, String path, String name) {
        String[] parts = name.split("/", -1);
        if (parts.length > 2) {
            checks.invalid(path, name, "must not contain more than one slash");
            return;
        }
        if (parts.length == 2) {
            if (parts[0].isEmpty()) {
                checks.invalid(path, "", "the domain must not be empty");
            } else {
                checks.driverName(path, parts[0]);
            }
        }
        String identifier = parts[parts.length - 1];
        if (parts.length == 2 && identifier.isEmpty()) {
            checks.invalid(path, "", "the name must not be empty");
            return;
        }
        checks.tooLong(path, identifier, MAX_IDENTIFIER);
        if (identifier.length() > 4 * MAX_IDENTIFIER
                || !IDENTIFIER.matcher(identifier).matches()) {
            checks.invalid(path, identifier, NOT_AN_IDENTIFIER);
        }
    }

    /// The key of a map as paths show it: the middle of one that is too long is left out.
    static String shownKey(String key) {
        if (key.length() <= MAX_KEY) {
            return key;
        }
        int rest = MAX_KEY - ELLIPSIS.length();
        return key.substring(0, (rest + 1) / 2) + ELLIPSIS + key.substring(key.length() - rest / 2);
    }

    static void fullyQualified(Checks checks, String path, String name) {
        qualified(checks, path, name);
        if (!name.contains("/")) {
            checks.invalid(path, name, "a fully qualified name must be a domain and a name separated by a slash");
        }
    }

    /// Tells of keys that stand twice, after all else about the elements.
    static void unique(Checks checks, String path, List<String> keys) {
        var seen = new HashSet<String>();
        for (int i = 0; i < keys.size(); i++) {
            if (!seen.add(keys.get(i))) {
                checks.duplicate(path + "[" + i + "]", keys.get(i));
            }
        }
    }

    /// Their expressions can be compiled, and are not too costly.
    static void selectors(Checks checks, String path, List<ObjectNode> selectors) {
        if (checks.tooMany(path, selectors.size(), MAX_SELECTORS)) {
            return;
        }
        for (int i = 0; i < selectors.size(); i++) {
            String at = path + "[" + i + "].cel";
            if (!Trees.has(selectors.get(i), "cel")) {
                checks.required(at);
                continue;
            }
            String expression = Trees.text(selectors.get(i), "cel", "expression");
            if (checks.requiredText(at + ".expression", expression)) {
                expression(checks, at + ".expression", expression);
            }
        }
    }

    private static void expression(Checks checks, String path, String expression) {
        if (expression.length() > MAX_EXPRESSION) {
            checks.tooLong(path, expression, MAX_EXPRESSION);
            return;
        }
        try {
            if (DeviceExpression.compile(expression).canCostTooMuch()) {
                checks.forbidden(path, "too complex, exceeds cost limit");
            }
        } catch (Expression.Malformed malformed) {
            checks.invalid(path, expression, malformed.getMessage());
        }
    }

    /// A driver's own words.
    static void configuration(Checks checks, String path, ObjectNode configuration) {
        if (!Trees.has(configuration, "opaque")) {
            checks.required(path + ".opaque");
            return;
        }
        JsonNode opaque = configuration.path("opaque");
        checks.driverName(path + ".opaque.driver", Trees.text(opaque, "driver"));
        raw(checks, path + ".opaque.parameters", opaque.path("parameters"), MAX_PARAMETERS);
    }

    static void raw(Checks checks, String path, JsonNode value, int longest) {
        if (value.isMissingNode() || value.isNull()) {
            checks.required(path);
        } else if (value.toString().length() > longest) {
            checks.add(Cause.tooLong(path, longest));
        } else if (!value.isObject()) {
            checks.invalid(path, "<value omitted>", "must be a valid JSON object");
        }
    }

    static void tolerations(Checks checks, String path, List<ObjectNode> tolerations) {
        for (int i = 0; i < tolerations.size(); i++) {
            toleration(checks, path + "[" + i + "]", tolerations.get(i));
        }
    }

    private static void toleration(Checks checks, String path, ObjectNode toleration) {
        String key = Trees.text(toleration, "key");
        String value = Trees.text(toleration, "value");
        if (!key.isEmpty()) {
            Selectors.checkKey(checks, path + ".key", key);
        }
        String operator = Trees.text(toleration, "operator");
        switch (operator) {
            case "Exists" -> {
                if (!value.isEmpty()) {
                    checks.invalid(path + ".value", value, "must be empty for operator `Exists`");
                }
            }
            case "Equal" -> Selectors.checkValue(checks, path + ".value", value);
            case "" -> checks.required(path + ".operator");
            default -> checks.only(path + ".operator", operator, List.of("Equal", "Exists"));
        }
        String effect = Trees.text(toleration, "effect");
        if (!effect.isEmpty()) {
            checks.only(path + ".effect", effect, EFFECTS);
        }
    }

    /// An effect that was there before is taken, even if it is none of today's.
    static void taint(Checks checks, String path, JsonNode taint, Optional<JsonNode> old) {
        Selectors.checkKey(checks, path + ".key", Trees.text(taint, "key"));
        String value = Trees.text(taint, "value");
        if (!value.isEmpty()) {
            Selectors.checkValue(checks, path + ".value", value);
        }
        String effect = Trees.text(taint, "effect");
        boolean isNew = old.map(before -> !Trees.same(taint, before, "effect")).orElse(true);
        if (isNew && checks.requiredText(path + ".effect", effect)) {
            checks.only(path + ".effect", effect, EFFECTS);
        }
    }
}
