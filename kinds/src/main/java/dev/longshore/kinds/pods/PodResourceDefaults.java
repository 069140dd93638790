package dev.longshore.kinds.pods;

import dev.longshore.kinds.kit.Defaults;
import dev.longshore.kinds.kit.ResourceNames;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.Quantity;
import java.util.Map;
import tools.jackson.databind.node.ObjectNode;

/// What a pod that asks for resources as a whole is given beside: what its containers amount to. A pod that says
/// nothing of its own resources gets nothing.
final class PodResourceDefaults {

    private PodResourceDefaults() {}

    static void apply(ObjectNode spec) {
        Trees.object(spec, "resources").ifPresent(resources -> {
            hugePageLimits(spec, resources);
            requests(spec, resources);
        });
    }

    private static void hugePageLimits(ObjectNode spec, ObjectNode resources) {
        if (resources.path("limits").isEmpty() && resources.path("requests").isEmpty()) {
            return;
        }
        PodAmounts.limits(spec).forEach((name, amount) -> {
            if (ResourceNames.isHugePages(name) && !Trees.has(resources, "requests", name)) {
                put(resources, "limits", name, amount);
            }
        });
    }

    private static void requests(ObjectNode spec, ObjectNode resources) {
        if (resources.path("limits").isEmpty()) {
            return;
        }
        PodAmounts.requests(spec).forEach((name, amount) -> {
            if (ResourceNames.isOfPods(name) && ResourceNames.mayOvercommit(name)) {
                put(resources, "requests", name, amount);
            }
        });
        Map<String, Quantity> limits = PodAmounts.amounts(spec, "limits");
        limits.forEach((name, amount) -> {
            if (ResourceNames.isOfPods(name)) {
                put(resources, "requests", name, amount);
            }
        });
    }

    private static void put(ObjectNode resources, String list, String name, Quantity amount) {
        if (!Trees.has(resources, list, name)) {
            Defaults.object(resources, list).put(name, amount.toString());
        }
    }
}
