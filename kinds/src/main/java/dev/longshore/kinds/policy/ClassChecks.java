package dev.longshore.kinds.policy;

import dev.longshore.kinds.kit.Checks;
import dev.longshore.kinds.kit.InnerTypes;
import dev.longshore.kinds.kit.Selectors;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.kinds.pods.PlacementChecks;
import dev.longshore.kinds.pods.ResourceChecks;
import dev.longshore.model.NameRule;
import dev.longshore.model.Resource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import tools.jackson.databind.node.ObjectNode;

/// What classes of priority and of runtime may not say.
final class ClassChecks {

    private static final long HIGHEST = 1_000_000_000;
    private static final String SYSTEM = "system-";
    private static final Map<String, Long> SYSTEM_CLASSES =
            Map.of("system-node-critical", 2_000_001_000L, "system-cluster-critical", 2_000_000_000L);
    private static final List<String> PREEMPTION = List.of("PreemptLowerPriority", "Never");

    private ClassChecks() {}

    static void priority(Checks checks, ObjectNode object) {
        String name = Trees.text(object, "metadata", "name");
        if (name.startsWith(SYSTEM)) {
            String fault = systemFault(object, name);
            if (!fault.isEmpty()) {
                checks.forbidden(
                        "metadata.name",
                        "priority class names with 'system-' prefix are reserved for system use only. error: " + fault);
            }
        } else if (Trees.number(object, 0, "value") > HIGHEST) {
            checks.forbidden("value", "maximum allowed value of a user defined priority is " + HIGHEST);
        }
        String policy = Trees.text(object, "preemptionPolicy");
        if (checks.requiredText("preemptionPolicy", policy)) {
            checks.only("preemptionPolicy", policy, PREEMPTION);
        }
    }

    private static String systemFault(ObjectNode object, String name) {
        Long value = SYSTEM_CLASSES.get(name);
        if (value == null) {
            return name + " is not a known system priority class";
        }
        if (Trees.number(object, 0, "value") != value) {
            return "value of " + name + " PriorityClass must be " + value;
        }
        return Trees.flag(object, "globalDefault") ? "globalDefault of " + name + " PriorityClass must be false" : "";
    }

    static void priorityChange(Checks checks, ObjectNode object, ObjectNode old) {
        if (Trees.number(object, 0, "value") != Trees.number(old, 0, "value")) {
            checks.forbidden("value", "may not be changed in an update.");
        }
        checks.unchanged("preemptionPolicy", object, old, "preemptionPolicy");
    }

    static void runtime(Checks checks, ObjectNode object) {
        checks.requiredName("handler", Trees.text(object, "handler"), NameRule.DNS_LABEL);
        ResourceChecks.overhead(checks, "overhead", Trees.at(object, "overhead", "podFixed"));
        Selectors.checkLabels(checks, "scheduling.nodeSelector", Trees.at(object, "scheduling", "nodeSelector"));
        List<ObjectNode> tolerations = Trees.list(object, "scheduling", "tolerations");
        for (int i = 0; i < tolerations.size(); i++) {
            PlacementChecks.toleration(checks, "scheduling.tolerations[" + i + "]", tolerations.get(i));
        }
        var seen = new HashSet<List<String>>();
        for (int i = 0; i < tolerations.size(); i++) {
            if (!seen.add(key(tolerations.get(i)))) {
                checks.duplicateOf(
                        "scheduling.tolerations[" + i + "]", InnerTypes.of("Toleration", tolerations.get(i)));
            }
        }
    }

    /// What tells tolerations apart: not for how long.
    private static List<String> key(ObjectNode toleration) {
        return Stream.of("key", "operator", "value", "effect")
                .map(field -> Trees.text(toleration, field))
                .toList();
    }

    /// Labels of nodes that got other names long ago.
    static List<String> runtimeWarnings(Resource object) {
        var warnings = new ArrayList<String>();
        Trees.texts(object.tree(), "scheduling", "nodeSelector").keySet().forEach(key -> {
            String instead = OldLabels.REPLACED.get(key);
            if (instead != null) {
                warnings.add("scheduling.nodeSelector: deprecated, use \"" + instead + "\" instead");
            }
        });
        return warnings;
    }

    /// Labels of nodes and what they are called now.
    private static final class OldLabels {
        static final Map<String, String> REPLACED = Map.of(
                "beta.kubernetes.io/arch", "kubernetes.io/arch",
                "beta.kubernetes.io/os", "kubernetes.io/os",
                "failure-domain.beta.kubernetes.io/region", "topology.kubernetes.io/region",
                "failure-domain.beta.kubernetes.io/zone", "topology.kubernetes.io/zone",
                "beta.kubernetes.io/instance-type", "node.kubernetes.io/instance-type");
    }
}
