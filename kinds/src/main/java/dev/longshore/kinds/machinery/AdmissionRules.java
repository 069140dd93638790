package dev.longshore.kinds.machinery;

import dev.longshore.kinds.kit.Checks;
import dev.longshore.kinds.kit.Selectors;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.Cause;
import dev.longshore.model.NameRule;
import java.util.HashSet;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What is common to webhooks and policies: which requests they are for.
final class AdmissionRules {

    private static final int MAX_CONDITIONS = 64;
    private static final List<String> OPERATIONS = List.of("*", "CONNECT", "CREATE", "DELETE", "UPDATE");
    private static final List<String> SCOPES = List.of("*", "Cluster", "Namespaced");

    private AdmissionRules() {}

    static void rule(Checks checks, String path, ObjectNode rule) {
        List<String> operations = Trees.strings(rule, "operations");
        if (operations.isEmpty()) {
            checks.required(path + ".operations");
        }
        alone(checks, path + ".operations", rule.path("operations"), operations, "operations");
        for (int i = 0; i < operations.size(); i++) {
            checks.only(path + ".operations[" + i + "]", operations.get(i), OPERATIONS);
        }
        List<String> groups = Trees.strings(rule, "apiGroups");
        if (groups.isEmpty()) {
            checks.required(path + ".apiGroups");
        }
        alone(checks, path + ".apiGroups", rule.path("apiGroups"), groups, "API groups");
        List<String> versions = Trees.strings(rule, "apiVersions");
        if (versions.isEmpty()) {
            checks.required(path + ".apiVersions");
        }
        alone(checks, path + ".apiVersions", rule.path("apiVersions"), versions, "API versions");
        for (int i = 0; i < versions.size(); i++) {
            checks.requiredText(path + ".apiVersions[" + i + "]", versions.get(i));
        }
        resources(checks, path + ".resources", rule.path("resources"), Trees.strings(rule, "resources"));
        if (Trees.has(rule, "scope")) {
            checks.only(path + ".scope", Trees.text(rule, "scope"), SCOPES);
        }
    }

    private static void alone(Checks checks, String path, JsonNode shown, List<String> values, String what) {
        if (values.size() > 1 && values.contains("*")) {
            checks.invalid(path, shown, "if '*' is present, must not specify other " + what);
        }
    }

    private static void resources(Checks checks, String path, JsonNode shown, List<String> resources) {
        if (resources.isEmpty()) {
            checks.required(path);
        }
        var allOfResource = new HashSet<String>();
        var allOfSubresource = new HashSet<String>();
        boolean hasPlain = false;
        for (int i = 0; i < resources.size(); i++) {
            String resource = resources.get(i);
            String at = path + "[" + i + "]";
            int slash = resource.indexOf('/');
            if (!checks.requiredText(at, resource)) {
                continue;
            }
            if (slash < 0) {
                hasPlain = !resource.equals("*");
                continue;
            }
            String owner = resource.substring(0, slash);
            String sub = resource.substring(slash + 1);
            if (allOfResource.contains(owner)) {
                checks.invalid(at, resource, "if '" + owner + "/*' is present, must not specify " + resource);
            }
            if (allOfSubresource.contains(sub)) {
                checks.invalid(at, resource, "if '*/" + sub + "' is present, must not specify " + resource);
            }
            if (sub.equals("*")) {
                allOfResource.add(owner);
            }
            if (owner.equals("*")) {
                allOfSubresource.add(sub);
            }
        }
        if (resources.size() > 1 && resources.contains("*/*")) {
            checks.invalid(path, shown, "if '*/*' is present, must not specify other resources");
        }
        if (resources.contains("*") && hasPlain) {
            checks.invalid(path, shown, "if '*' is present, must not specify other resources without subresources");
        }
    }

    static void selectors(Checks checks, String path, JsonNode owner) {
        for (String selector : List.of("namespaceSelector", "objectSelector")) {
            Selectors.checkOrKept(checks, path + "." + selector, owner.path(selector));
        }
    }

    /// Conditions have names, and expressions that can be compiled.
    ///
    /// @param hasParams whether they may speak of `params`
    static void conditions(Checks checks, String path, List<ObjectNode> conditions, boolean hasParams) {
        checks.tooMany(path, conditions.size(), MAX_CONDITIONS);
        var names = new HashSet<String>();
        for (int i = 0; i < conditions.size(); i++) {
            String at = path + "[" + i + "]";
            String expression = Trees.text(conditions.get(i), "expression").strip();
            if (expression.isEmpty()) {
                checks.required(at + ".expression");
            } else {
                PolicyExpressions.condition(checks, at + ".expression", expression, hasParams);
            }
            String name = Trees.text(conditions.get(i), "name");
            if (checks.requiredText(at + ".name", name)) {
                Selectors.checkKey(checks, at + ".name", name);
            }
            checks.unique(at + ".name", name, names);
        }
    }

    /// What a policy is for.
    static void match(Checks checks, String path, JsonNode match) {
        String policy = Trees.text(match, "matchPolicy");
        if (checks.requiredText(path + ".matchPolicy", policy)) {
            checks.only(path + ".matchPolicy", policy, List.of("Equivalent", "Exact"));
        }
        selectors(checks, path, match);
        for (String rules : List.of("resourceRules", "excludeResourceRules")) {
            int index = 0;
            for (ObjectNode rule : Trees.list(match, rules)) {
                String at = path + "." + rules + "[" + index++ + "]";
                names(checks, at + ".resourceNames", Trees.strings(rule, "resourceNames"));
                rule(checks, at, rule);
            }
        }
    }

    private static void names(Checks checks, String path, List<String> names) {
        var seen = new HashSet<String>();
        for (int i = 0; i < names.size(); i++) {
            String at = path + "[" + i + "]";
            checks.name(at, names.get(i), NameRule.PATH_SEGMENT);
            if (!seen.add(names.get(i))) {
                checks.add(Cause.duplicate(at, Cause.quote(names.get(i))));
            }
        }
    }
}
