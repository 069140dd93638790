package dev.longshore.kinds.core;

import dev.longshore.kinds.kit.Checks;
import dev.longshore.kinds.kit.ResourceNames;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.kinds.pods.ResourceChecks;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.NullNode;
import tools.jackson.databind.node.ObjectNode;

/// What quotas must be like: names that can be counted, and scopes that fit them and one another.
final class QuotaChecks {

    private static final Set<String> OF_PODS =
            Set.of("pods", "cpu", "memory", "limits.cpu", "limits.memory", "requests.cpu", "requests.memory");
    private static final Set<String> OF_CLAIMS = Set.of("persistentvolumeclaims", "requests.storage");
    /// Scopes, and what can be counted in them.
    private static final Map<String, Set<String>> SCOPES = Map.of(
            "Terminating", OF_PODS,
            "NotTerminating", OF_PODS,
            "NotBestEffort", OF_PODS,
            "PriorityClass", OF_PODS,
            "CrossNamespacePodAffinity", OF_PODS,
            "BestEffort", Set.of("pods"),
            "VolumeAttributesClass", OF_CLAIMS);
    private static final List<Set<String>> CONFLICTS =
            List.of(Set.of("BestEffort", "NotBestEffort"), Set.of("Terminating", "NotTerminating"));

    private final Checks checks;
    private final JsonNode spec;

    private QuotaChecks(Checks checks, JsonNode spec) {
        this.checks = checks;
        this.spec = spec;
    }

    static void check(Checks checks, ObjectNode quota) {
        amounts(checks, "spec.hard", Trees.at(quota, "spec", "hard"));
        var spec = new QuotaChecks(checks, quota.path("spec"));
        spec.scopes();
        spec.selector();
    }

    static void change(Checks checks, ObjectNode quota, ObjectNode old) {
        var now = Set.copyOf(Trees.strings(quota, "spec", "scopes"));
        if (!now.equals(Set.copyOf(Trees.strings(old, "spec", "scopes")))) {
            checks.invalid("spec.scopes", Trees.at(quota, "spec", "scopes"), Checks.IMMUTABLE);
        }
    }

    static void status(Checks checks, ObjectNode quota, ObjectNode old) {
        amounts(checks, "status.hard", Trees.at(quota, "status", "hard"));
        amounts(checks, "status.used", Trees.at(quota, "status", "used"));
    }

    private static void amounts(Checks checks, String path, JsonNode amounts) {
        amounts.properties().forEach(amount -> {
            String name = amount.getKey();
            String at = path + "[" + name + "]";
            ResourceNames.quotaFaults(name).forEach(fault -> checks.invalid(at, name, fault));
            ResourceChecks.amount(checks, at, amount.getValue(), name);
        });
    }

    private void scopes() {
        JsonNode scopes = spec.path("scopes");
        List<String> names = Trees.strings(spec, "scopes");
        for (String scope : names) {
            if (!SCOPES.containsKey(scope)) {
                checks.invalid("spec.scopes", scopes, "unsupported scope");
            }
            misfits(scope, "spec.scopes", scopes);
        }
        conflicts("spec.scopes", new HashSet<>(names), scopes);
    }

    private void misfits(String scope, String path, JsonNode shown) {
        for (String name : spec.path("hard").propertyNames()) {
            boolean isFit = !SCOPES.containsKey(scope) || SCOPES.get(scope).contains(name);
            if (ResourceNames.isOfQuotas(name) && !isFit) {
                checks.invalid(path, shown, "unsupported scope applied to resource");
            }
        }
    }

    private void conflicts(String path, Set<String> scopes, JsonNode shown) {
        for (Set<String> pair : CONFLICTS) {
            if (scopes.containsAll(pair)) {
                checks.invalid(path, shown, "conflicting scopes");
            }
        }
    }

    private void selector() {
        JsonNode selector = spec.path("scopeSelector");
        String path = "spec.scopeSelector.matchExpressions";
        var scopes = new HashSet<String>();
        for (ObjectNode expression : Trees.list(selector, "matchExpressions")) {
            String scope = Trees.text(expression, "scopeName");
            if (!SCOPES.containsKey(scope)) {
                checks.invalid(path + ".scopeName", scope, "unsupported scope");
            }
            misfits(scope, path, selector);
            expression(path, scope, expression);
            scopes.add(scope);
        }
        // The original shows the other scopes.
        conflicts(path, scopes, spec.path("scopes").isArray() ? spec.path("scopes") : NullNode.getInstance());
    }

    private void expression(String path, String scope, ObjectNode expression) {
        String operator = Trees.text(expression, "operator");
        boolean hasValues = !expression.path("values").isEmpty();
        if (isPlain(scope) && !operator.equals("Exists")) {
            checks.invalid(
                    path + ".operator",
                    operator,
                    "must be 'Exists' when scope is any of ResourceQuotaScopeTerminating,"
                            + " ResourceQuotaScopeNotTerminating, ResourceQuotaScopeBestEffort,"
                            + " ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity");
        }
        switch (operator) {
            case "In", "NotIn" -> {
                if (!hasValues) {
                    checks.required(
                            path + ".values",
                            "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector");
                }
            }
            case "Exists", "DoesNotExist" -> {
                if (hasValues) {
                    checks.invalid(
                            path + ".values",
                            expression.path("values"),
                            "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector");
                }
            }
            default -> checks.invalid(path + ".operator", operator, "not a valid selector operator");
        }
    }

    /// True for scopes that pods are in or not, without a value.
    private static boolean isPlain(String scope) {
        return switch (scope) {
            case "BestEffort", "NotBestEffort", "Terminating", "NotTerminating", "CrossNamespacePodAffinity" -> true;
            default -> false;
        };
    }
}
