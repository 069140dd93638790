package dev.longshore.kinds.machinery;

import dev.longshore.base.Json;
import dev.longshore.kinds.kit.Checks;
import dev.longshore.kinds.kit.InnerTypes;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.Cause;
import dev.longshore.model.NameRule;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What a FlowSchema may not say.
final class FlowSchemaChecks {

    private static final long MAX_PRECEDENCE = 10_000;
    private static final List<String> VERBS =
            List.of("create", "delete", "deletecollection", "get", "list", "patch", "proxy", "update", "watch");
    private static final List<String> METHODS = List.of("ByNamespace", "ByUser");
    private static final List<String> KINDS = List.of("Group", "ServiceAccount", "User");
    private static final String EVERYTHING = """
            "resourceRules":[{"verbs":["*"],"apiGroups":["*"],"resources":["*"],"clusterScope":true,"namespaces":["*"]}],
            "nonResourceRules":[{"verbs":["*"],"nonResourceURLs":["*"]}]
            """;

    /// Those that every cluster has, and that nobody changes.
    private static final Map<String, JsonNode> FIXED =
            Map.of("exempt", Json.parse("""
                    {"priorityLevelConfiguration":{"name":"exempt"},"matchingPrecedence":1,"rules":[{"subjects":[
                    {"kind":"Group","group":{"name":"system:masters"}}],%s}]}""".formatted(EVERYTHING)), "catch-all", Json.parse("""
                    {"priorityLevelConfiguration":{"name":"catch-all"},"matchingPrecedence":10000,
                    "distinguisherMethod":{"type":"ByUser"},"rules":[{"subjects":[
                    {"kind":"Group","group":{"name":"system:unauthenticated"}},
                    {"kind":"Group","group":{"name":"system:authenticated"}}],%s}]}""".formatted(EVERYTHING)));

    private FlowSchemaChecks() {}

    static void check(Checks checks, ObjectNode object) {
        String name = Trees.text(object, "metadata", "name");
        JsonNode spec = object.path("spec");
        precedence(checks, name, Trees.number(spec, 0, "matchingPrecedence"));
        if (Trees.has(spec, "distinguisherMethod")) {
            distinguisher(checks, Trees.text(spec, "distinguisherMethod", "type"));
        }
        String level = Trees.text(spec, "priorityLevelConfiguration", "name");
        if (level.isEmpty()) {
            checks.required("spec.priorityLevelConfiguration.name", "must reference a priority level");
        } else {
            checks.name("spec.priorityLevelConfiguration.name", level, NameRule.DNS_SUBDOMAIN);
        }
        int index = 0;
        for (ObjectNode rule : Trees.list(spec, "rules")) {
            rule(checks, "spec.rules[" + index++ + "]", rule);
        }
        JsonNode fixed = FIXED.get(name);
        if (fixed != null && !spec.equals(fixed)) {
            checks.invalid(
                    "spec", InnerTypes.of("FlowSchemaSpec", spec), "spec of '" + name + "' must equal the fixed value");
        }
        PriorityLevelChecks.status(checks, object);
    }

    /// The original shows what holds the type, as Go has it.
    private static void distinguisher(Checks checks, String type) {
        if (!METHODS.contains(type)) {
            String shown = "{\"Type\":" + Cause.quote(type) + "}";
            checks.add(Cause.unsupported("spec.distinguisherMethod.type", shown, METHODS));
        }
    }

    private static void precedence(Checks checks, String name, long precedence) {
        String path = "spec.matchingPrecedence";
        if (precedence <= 0) {
            checks.invalid(path, precedence, "must be a positive value");
        }
        if (precedence > MAX_PRECEDENCE) {
            checks.invalid(path, precedence, "must not be greater than " + MAX_PRECEDENCE);
        }
        if (precedence == 1 && !name.equals("exempt")) {
            checks.invalid(path, precedence, "only the schema named 'exempt' may have matchingPrecedence 1");
        }
    }

    private static void rule(Checks checks, String path, ObjectNode rule) {
        List<ObjectNode> subjects = Trees.list(rule, "subjects");
        if (subjects.isEmpty()) {
            checks.required(path + ".subjects", "subjects must contain at least one value");
        }
        for (int i = 0; i < subjects.size(); i++) {
            subject(checks, path + ".subjects[" + i + "]", subjects.get(i));
        }
        List<ObjectNode> resources = Trees.list(rule, "resourceRules");
        List<ObjectNode> paths = Trees.list(rule, "nonResourceRules");
        if (resources.isEmpty() && paths.isEmpty()) {
            checks.required(path, "at least one of resourceRules and nonResourceRules has to be non-empty");
        }
        for (int i = 0; i < resources.size(); i++) {
            resource(checks, path + ".resourceRules[" + i + "]", resources.get(i));
        }
        for (int i = 0; i < paths.size(); i++) {
            nonResource(checks, path + ".nonResourceRules[" + i + "]", paths.get(i));
        }
    }

    private static void subject(Checks checks, String path, ObjectNode subject) {
        String kind = Trees.text(subject, "kind");
        if (!KINDS.contains(kind)) {
            checks.only(path + ".kind", kind, KINDS);
            return;
        }
        String own = field(kind);
        if (Trees.has(subject, own)) {
            named(checks, path + "." + own, subject.path(own), kind.equals("ServiceAccount"));
        } else {
            checks.required(path + "." + own, own + " is required when subject kind is '" + kind + "'");
        }
        for (String other : List.of("ServiceAccount", "User", "Group")) {
            String field = field(other);
            if (!other.equals(kind) && Trees.has(subject, field)) {
                checks.forbidden(path + "." + field, field + " is forbidden when subject kind is not '" + other + "'");
            }
        }
    }

    private static String field(String kind) {
        return Character.toLowerCase(kind.charAt(0)) + kind.substring(1);
    }

    private static void named(Checks checks, String path, JsonNode subject, boolean isAccount) {
        String name = Trees.text(subject, "name");
        if (checks.requiredText(path + ".name", name) && isAccount && !name.equals("*")) {
            checks.name(path + ".name", name, NameRule.DNS_SUBDOMAIN);
        }
        if (isAccount) {
            String namespace = Trees.text(subject, "namespace");
            if (namespace.isEmpty()) {
                checks.required(path + ".namespace", "must specify namespace for service account");
            } else {
                checks.name(path + ".namespace", namespace, NameRule.DNS_LABEL);
            }
        }
    }

    /// @return true if `*` is among the values, or none
    private static boolean isSettled(
            Checks checks, String path, ObjectNode rule, String field, String none, String others) {
        List<String> values = Trees.strings(rule, field);
        if (values.isEmpty()) {
            if (!none.isEmpty()) {
                checks.required(path + "." + field, none);
            }
            return true;
        }
        if (!values.contains("*")) {
            return false;
        }
        if (values.size() > 1) {
            checks.invalid(path + "." + field, rule.path(field), "if '*' is present, must not specify other " + others);
        }
        return true;
    }

    private static void verbs(Checks checks, String path, ObjectNode rule) {
        boolean isSettled = isSettled(checks, path, rule, "verbs", "verbs must contain at least one value", "verbs");
        if (!isSettled && !Set.copyOf(VERBS).containsAll(Trees.strings(rule, "verbs"))) {
            checks.add(Cause.unsupported(path + ".verbs", rule.path("verbs").toString(), VERBS));
        }
    }

    private static void resource(Checks checks, String path, ObjectNode rule) {
        verbs(checks, path, rule);
        isSettled(checks, path, rule, "apiGroups", "resource rules must supply at least one api group", "api groups");
        isSettled(checks, path, rule, "resources", "resource rules must supply at least one resource", "resources");
        String none = Trees.flag(rule, "clusterScope")
                ? ""
                : "resource rules that are not cluster scoped must supply at least one namespace";
        if (isSettled(checks, path, rule, "namespaces", none, "namespaces")) {
            return;
        }
        int index = 0;
        for (String namespace : Trees.strings(rule, "namespaces")) {
            String at = path + ".namespaces[" + index++ + "]";
            NameRule.DNS_LABEL
                    .check(namespace)
                    .forEach(fault -> checks.invalid(
                            at, namespace, "each member of this list must be '*' or a DNS-1123 label; " + fault));
        }
    }

    private static void nonResource(Checks checks, String path, ObjectNode rule) {
        verbs(checks, path, rule);
        String none = "nonResourceURLs must contain at least one value";
        if (isSettled(checks, path, rule, "nonResourceURLs", none, "non-resource URLs")) {
            return;
        }
        int index = 0;
        for (String url : Trees.strings(rule, "nonResourceURLs")) {
            String fault = urlFault(url);
            if (!fault.isEmpty()) {
                checks.invalid(path + ".nonResourceURLs[" + index + "]", url, fault);
            }
            index++;
        }
    }

    private static String urlFault(String url) {
        if (url.isEmpty()) {
            return "must not be empty";
        }
        if (url.equals("/")) {
            return "";
        }
        if (!url.startsWith("/")) {
            return "must start with slash";
        }
        if (url.contains(" ")) {
            return "must not contain white-space";
        }
        if (url.contains("//")) {
            return "must not contain double slash";
        }
        int star = url.indexOf('*');
        return star < 0 || star == url.length() - 1 && url.endsWith("/*") ? "" : "wildcard can only do suffix matching";
    }
}
