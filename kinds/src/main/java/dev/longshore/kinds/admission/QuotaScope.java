package dev.longshore.kinds.admission;

import dev.longshore.kinds.kit.Trees;
import dev.longshore.kinds.pods.Qos;
import dev.longshore.model.GroupResource;
import dev.longshore.model.Resource;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/// One condition under which an object counts for a quota.
///
/// @param operator `Exists`, `In` and so on, of the class that the scope speaks of
record QuotaScope(String name, String operator, List<String> values) {

    /// All of them must hold.
    static List<QuotaScope> of(Resource quota) {
        var scopes = new ArrayList<QuotaScope>();
        Trees.strings(quota.tree(), "spec", "scopes")
                .forEach(name -> scopes.add(new QuotaScope(name, "Exists", List.of())));
        Trees.list(quota.tree(), "spec", "scopeSelector", "matchExpressions").forEach(rule -> scopes.add(ofRule(rule)));
        return scopes;
    }

    /// One that a rule with name, operator and values describes.
    static QuotaScope ofRule(ObjectNode rule) {
        return new QuotaScope(
                Trees.text(rule, "scopeName"), Trees.text(rule, "operator"), Trees.strings(rule, "values"));
    }

    /// True if `object` of `resource` is in it. Only pods, and claims for volumes, are in any.
    boolean holds(GroupResource resource, Resource object) {
        if (resource.equals(Attempts.PODS)) {
            return holdsPod(object);
        }
        return resource.equals(Attempts.CLAIMS)
                && name.equals("VolumeAttributesClass")
                && holdsAny(attributesClasses(object));
    }

    private boolean holdsPod(Resource pod) {
        return switch (name) {
            case "Terminating" -> isTerminating(pod);
            case "NotTerminating" -> !isTerminating(pod);
            case "BestEffort" -> isBestEffort(pod);
            case "NotBestEffort" -> !isBestEffort(pod);
            case "PriorityClass" -> {
                String priority = pod.text("spec", "priorityClassName");
                yield holdsAny(priority.isEmpty() ? Set.of() : Set.of(priority));
            }
            case "CrossNamespacePodAffinity" -> looksElsewhere(pod);
            default -> false;
        };
    }

    /// Pods that end by themselves after some time.
    static boolean isTerminating(Resource pod) {
        return pod.at("spec", "activeDeadlineSeconds").asLong(-1) >= 0;
    }

    /// The classes that a claim has, gets, or is to get.
    static Set<String> attributesClasses(Resource claim) {
        var classes = new LinkedHashSet<String>();
        classes.add(claim.text("spec", "volumeAttributesClassName"));
        classes.add(claim.text("status", "currentVolumeAttributesClassName"));
        classes.add(claim.text("status", "modifyVolumeStatus", "targetVolumeAttributesClassName"));
        classes.remove("");
        return classes;
    }

    private boolean holdsAny(Set<String> present) {
        return switch (operator) {
            case "Exists" -> !present.isEmpty();
            case "DoesNotExist" -> present.isEmpty();
            case "In" -> present.stream().anyMatch(values::contains);
            case "NotIn" -> present.isEmpty() || !values.containsAll(present);
            default -> false;
        };
    }

    private static boolean isBestEffort(Resource pod) {
        return Qos.of(pod.object("spec")).equals("BestEffort");
    }

    private static boolean looksElsewhere(Resource pod) {
        for (String affinity : List.of("podAffinity", "podAntiAffinity")) {
            var terms = new ArrayList<>(Trees.list(
                    pod.tree(), "spec", "affinity", affinity, "requiredDuringSchedulingIgnoredDuringExecution"));
            Trees.list(pod.tree(), "spec", "affinity", affinity, "preferredDuringSchedulingIgnoredDuringExecution")
                    .forEach(weighted ->
                            Trees.object(weighted, "podAffinityTerm").ifPresent(terms::add));
            if (terms.stream().anyMatch(QuotaScope::leadsElsewhere)) {
                return true;
            }
        }
        return false;
    }

    private static boolean leadsElsewhere(ObjectNode term) {
        return !Trees.strings(term, "namespaces").isEmpty() || Trees.has(term, "namespaceSelector");
    }
}
