package dev.longshore.kinds.machinery;

import dev.longshore.kinds.cel.AdmissionExpression.Answer;
import dev.longshore.kinds.kit.Checks;
import dev.longshore.kinds.kit.Conditions;
import dev.longshore.kinds.kit.InnerTypes;
import dev.longshore.kinds.kit.JsonPathSyntax;
import dev.longshore.kinds.kit.Selectors;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.NameRule;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What policies of admission and their bindings may not say.
final class PolicyChecks {

    private static final int MAX_AUDIT = 20;
    private static final int MAX_AUDIT_EXPRESSION = 5 * 1024;
    private static final List<String> MUTABLE = List.of("*", "CONNECT", "CREATE", "UPDATE");
    private static final Pattern IDENTIFIER = Pattern.compile("[_a-zA-Z][_a-zA-Z0-9]*");
    private static final Set<String> RESERVED = Set.of(
            "true",
            "false",
            "null",
            "in",
            "as",
            "break",
            "const",
            "continue",
            "else",
            "for",
            "function",
            "if",
            "import",
            "let",
            "loop",
            "package",
            "namespace",
            "return",
            "var",
            "void",
            "while");

    private PolicyChecks() {}

    /// Of an update; conditions that stay as they are, about parameters of the same kind, may stay.
    static void changed(Checks checks, ObjectNode object, ObjectNode old, boolean isMutating) {
        boolean isSame =
                Trees.same(object, old, "spec", "paramKind") && Trees.same(object, old, "spec", "matchConditions");
        policy(checks, object, isMutating, !isSame);
        checks.forgive(past -> policy(past, old, isMutating, true));
    }

    /// Of a new one.
    static void policy(Checks checks, ObjectNode object, boolean isMutating) {
        policy(checks, object, isMutating, true);
    }

    private static void policy(Checks checks, ObjectNode object, boolean isMutating, boolean judgesConditions) {
        JsonNode spec = object.path("spec");
        String failure = Trees.text(spec, "failurePolicy");
        if (checks.requiredText("spec.failurePolicy", failure)) {
            checks.only("spec.failurePolicy", failure, List.of("Fail", "Ignore"));
        }
        if (Trees.has(spec, "paramKind")) {
            paramKind(checks, "spec.paramKind", spec.path("paramKind"));
        }
        if (!Trees.has(spec, "matchConstraints")) {
            checks.required("spec.matchConstraints");
        } else {
            AdmissionRules.match(checks, "spec.matchConstraints", spec.path("matchConstraints"));
            if (spec.path("matchConstraints").path("resourceRules").isEmpty()) {
                checks.required("spec.matchConstraints.resourceRules");
            }
            if (isMutating) {
                mutable(checks, "spec.matchConstraints", spec.path("matchConstraints"));
            }
        }
        boolean hasParams = Trees.has(spec, "paramKind");
        if (judgesConditions) {
            AdmissionRules.conditions(checks, "spec.matchConditions", Trees.list(spec, "matchConditions"), hasParams);
        }
        List<ObjectNode> variables = Trees.list(spec, "variables");
        var expressions = new PolicyExpressions(checks, hasParams, isMutating || !variables.isEmpty());
        variables(checks, variables, expressions);
        if (isMutating) {
            mutations(checks, spec, expressions);
        } else {
            validations(checks, Trees.text(object, "metadata", "name"), spec, expressions);
        }
    }

    /// What is deleted cannot be changed. The original's path has no index.
    private static void mutable(Checks checks, String path, JsonNode match) {
        for (ObjectNode rule : Trees.list(match, "resourceRules")) {
            Trees.strings(rule, "operations")
                    .forEach(operation -> checks.only(path + ".resourceRules.operations", operation, MUTABLE));
        }
    }

    private static void paramKind(Checks checks, String path, JsonNode kind) {
        String apiVersion = Trees.text(kind, "apiVersion");
        if (checks.requiredText(path + ".apiVersion", apiVersion)) {
            int slash = apiVersion.indexOf('/');
            String group = slash < 0 ? "" : apiVersion.substring(0, slash);
            String version = apiVersion.substring(slash + 1);
            if (version.contains("/")) {
                checks.invalid(path + ".apiVersion", apiVersion, "unexpected GroupVersion string: " + apiVersion);
            } else {
                groupAndVersion(checks, path + ".apiVersion", apiVersion, group, version);
            }
        }
        String name = Trees.text(kind, "kind");
        if (checks.requiredText(path + ".kind", name)) {
            List<String> faults = NameRule.DNS_1035_LABEL.check(name.toLowerCase(Locale.ROOT));
            if (!faults.isEmpty()) {
                checks.invalid(
                        path + ".kind",
                        name,
                        "may have mixed case, but should otherwise match: " + String.join(",", faults));
            }
        }
    }

    private static void groupAndVersion(Checks checks, String path, String whole, String group, String version) {
        if (!group.isEmpty()) {
            joined(checks, path, group, NameRule.DNS_SUBDOMAIN);
        }
        if (version.isEmpty()) {
            checks.invalid(path, whole, "version must be specified");
        } else {
            joined(checks, path, version, NameRule.DNS_1035_LABEL);
        }
    }

    private static void joined(Checks checks, String path, String value, NameRule rule) {
        List<String> faults = rule.check(value);
        if (!faults.isEmpty()) {
            checks.invalid(path, value, String.join(",", faults));
        }
    }

    private static void variables(Checks checks, List<ObjectNode> variables, PolicyExpressions expressions) {
        for (int i = 0; i < variables.size(); i++) {
            String path = "spec.variables[" + i + "]";
            String name = Trees.text(variables.get(i), "name");
            if (name.isBlank()) {
                checks.required(path + ".name", "name is not specified");
            } else if (!IDENTIFIER.matcher(name).matches() || RESERVED.contains(name)) {
                checks.invalid(path + ".name", name, "must be a valid CEL identifier");
            }
            String expression = Trees.text(variables.get(i), "expression");
            if (expression.isBlank()) {
                checks.required(path + ".expression", "expression is not specified");
            } else {
                expressions.variable(path + ".expression", name, expression);
            }
        }
    }

    private static void validations(Checks checks, String policy, JsonNode spec, PolicyExpressions expressions) {
        List<ObjectNode> validations = Trees.list(spec, "validations");
        List<ObjectNode> annotations = Trees.list(spec, "auditAnnotations");
        if (validations.isEmpty() && annotations.isEmpty()) {
            String either = "validations or auditAnnotations must contain at least one item";
            checks.required("spec.validations", either);
            checks.required("spec.auditAnnotations", either);
            return;
        }
        for (int i = 0; i < validations.size(); i++) {
            validation(checks, "spec.validations[" + i + "]", validations.get(i), expressions);
        }
        if (annotations.size() > MAX_AUDIT) {
            checks.invalid(
                    "spec.auditAnnotations",
                    InnerTypes.listOf("AuditAnnotation", spec.path("auditAnnotations")),
                    "must not have more than " + MAX_AUDIT + " auditAnnotations");
        }
        var keys = new HashSet<String>();
        for (int i = 0; i < annotations.size(); i++) {
            String path = "spec.auditAnnotations[" + i + "]";
            String key = Trees.text(annotations.get(i), "key");
            audit(checks, path, policy, annotations.get(i), expressions);
            if (!keys.add(key)) {
                checks.duplicate(path + ".key", key);
            }
        }
    }

    private static void validation(Checks checks, String path, ObjectNode validation, PolicyExpressions expressions) {
        String expression = Trees.text(validation, "expression");
        if (expression.isBlank()) {
            checks.required(path + ".expression", "expression is not specified");
        } else {
            expressions.validation(path + ".expression", expression);
        }
        String messageExpression = Trees.text(validation, "messageExpression");
        if (!messageExpression.isEmpty() && messageExpression.isBlank()) {
            checks.invalid(path + ".messageExpression", messageExpression, "must be non-empty if specified");
        } else if (!messageExpression.isEmpty()) {
            expressions.message(path + ".messageExpression", messageExpression);
        }
        String message = Trees.text(validation, "message");
        if (!message.isEmpty() && message.isBlank()) {
            checks.invalid(path + ".message", message, "must be non-empty if specified");
        } else if (message.strip().contains("\n") || message.strip().contains("\r")) {
            checks.invalid(path + ".message", message, "must not contain line breaks");
        }
        if (Trees.has(validation, "reason")) {
            checks.only(
                    path + ".reason",
                    Trees.text(validation, "reason"),
                    List.of("Forbidden", "Invalid", "RequestEntityTooLarge"));
        }
    }

    private static void audit(
            Checks checks, String path, String policy, ObjectNode annotation, PolicyExpressions expressions) {
        Selectors.checkKey(checks, path + ".key", policy + "/" + Trees.text(annotation, "key"));
        String said = Trees.text(annotation, "valueExpression");
        String expression = said.strip();
        if (expression.isEmpty()) {
            checks.required(path + ".valueExpression", "valueExpression is not specified");
        } else if (expression.length() > MAX_AUDIT_EXPRESSION) {
            checks.required(path + ".valueExpression", "must not exceed " + MAX_AUDIT_EXPRESSION + " bytes in length");
        } else {
            expressions.annotation(path + ".valueExpression", said);
        }
    }

    private static void mutations(Checks checks, JsonNode spec, PolicyExpressions expressions) {
        List<ObjectNode> mutations = Trees.list(spec, "mutations");
        if (mutations.isEmpty()) {
            checks.required("spec.mutations", "mutations must contain at least one item");
        }
        for (int i = 0; i < mutations.size(); i++) {
            mutation(checks, "spec.mutations[" + i + "]", mutations.get(i), expressions);
        }
        String policy = Trees.text(spec, "reinvocationPolicy");
        if (checks.requiredText("spec.reinvocationPolicy", policy)) {
            checks.only("spec.reinvocationPolicy", policy, List.of("IfNeeded", "Never"));
        }
    }

    private static void mutation(Checks checks, String path, ObjectNode mutation, PolicyExpressions expressions) {
        String type = Trees.text(mutation, "patchType");
        switch (type) {
            case "" -> checks.required(path + ".patchType");
            case "ApplyConfiguration" -> {
                expression(checks, path, mutation, "applyConfiguration", "jsonPatch");
                expressions(expressions, path + ".applyConfiguration", mutation, Answer.OBJECT);
            }
            case "JSONPatch" -> {
                expression(checks, path, mutation, "jsonPatch", "applyConfiguration");
                expressions(expressions, path + ".jsonPatch", mutation, Answer.PATCHES);
            }
            default -> checks.only(path + ".patchType", type, List.of("ApplyConfiguration", "JSONPatch"));
        }
    }

    private static void expressions(PolicyExpressions expressions, String path, ObjectNode mutation, Answer answer) {
        String field = path.substring(path.lastIndexOf('.') + 1);
        String text = Trees.text(mutation, field, "expression").strip();
        if (!text.isEmpty()) {
            expressions.mutation(path + ".expression", text, answer);
        }
    }

    private static void expression(Checks checks, String path, ObjectNode mutation, String wanted, String other) {
        String type = Trees.text(mutation, "patchType");
        if (!Trees.has(mutation, wanted)) {
            checks.required(path + "." + wanted, "must be specified when patchType is " + type);
        } else if (Trees.text(mutation, wanted, "expression").isBlank()) {
            checks.required(path + "." + wanted + ".expression");
        }
        if (Trees.has(mutation, other)) {
            checks.invalid(path + "." + other, "{" + other + "}", "must not be specified when patchType is " + type);
        }
    }

    static void binding(Checks checks, ObjectNode object, boolean isValidating) {
        JsonNode spec = object.path("spec");
        checks.requiredName("spec.policyName", Trees.text(spec, "policyName"), NameRule.DNS_SUBDOMAIN);
        if (Trees.has(spec, "paramRef")) {
            paramRef(checks, "spec.paramRef", spec.path("paramRef"));
        }
        if (Trees.has(spec, "matchResources")) {
            String path = "spec.matchResources";
            AdmissionRules.match(checks, path, spec.path("matchResources"));
            if (!isValidating) {
                mutable(checks, path, spec.path("matchResources"));
            }
        }
        if (isValidating) {
            actions(checks, spec);
        }
    }

    private static void actions(Checks checks, JsonNode spec) {
        List<String> actions = Trees.strings(spec, "validationActions");
        var seen = new HashSet<String>();
        for (int i = 0; i < actions.size(); i++) {
            String path = "spec.validationActions[" + i + "]";
            checks.only(path, actions.get(i), List.of("Audit", "Deny", "Warn"));
            if (!seen.add(actions.get(i))) {
                checks.duplicate(path, actions.get(i));
            }
        }
        if (seen.containsAll(List.of("Deny", "Warn"))) {
            checks.invalid(
                    "spec.validationActions",
                    spec.path("validationActions"),
                    "must not contain both Deny and Warn (repeating the same validation failure information in the"
                            + " API response and headers serves no purpose)");
        }
        if (seen.isEmpty()) {
            checks.required("spec.validationActions", "at least one validation action is required");
        }
    }

    private static void paramRef(Checks checks, String path, JsonNode reference) {
        String name = Trees.text(reference, "name");
        boolean hasSelector = Trees.has(reference, "selector");
        if (!name.isEmpty()) {
            checks.name(path + ".name", name, NameRule.PATH_SEGMENT);
            if (hasSelector) {
                checks.forbidden(path + ".name", "name and selector are mutually exclusive");
            }
        }
        if (hasSelector) {
            Selectors.check(checks, path + ".selector", reference.path("selector"));
            if (!name.isEmpty()) {
                checks.forbidden(path + ".selector", "name and selector are mutually exclusive");
            }
        }
        if (name.isEmpty() && !hasSelector) {
            checks.required(path, "one of name or selector must be specified");
        }
        String action = Trees.text(reference, "parameterNotFoundAction");
        if (checks.requiredText(path + ".parameterNotFoundAction", action)) {
            checks.only(path + ".parameterNotFoundAction", action, List.of("Deny", "Allow"));
        }
    }

    static void status(Checks checks, ObjectNode object) {
        int index = 0;
        for (ObjectNode warning : Trees.list(object, "status", "typeChecking", "expressionWarnings")) {
            String path = "status.typeChecking.expressionWarnings[" + index++ + "]";
            checks.requiredText(path + ".warning", Trees.text(warning, "warning"));
            String field = Trees.text(warning, "fieldRef").strip();
            if (checks.requiredText(path + ".fieldRef", field)) {
                JsonPathSyntax.fault("{" + field + "}")
                        .ifPresent(fault -> checks.invalid(path + ".fieldRef", field, "invalid JSONPath: " + fault));
            }
        }
        Conditions.check(checks, "status.conditions", Trees.at(object, "status", "conditions"));
    }
}
