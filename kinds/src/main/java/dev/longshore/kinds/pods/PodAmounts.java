package dev.longshore.kinds.pods;

import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.Quantity;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What a pod's containers amount to together: those that run side by side add up; an initial container runs
/// beside the sidecars that started before it, and the pod needs the most that is needed at any time.
final class PodAmounts {

    private PodAmounts() {}

    static Map<String, Quantity> requests(JsonNode spec) {
        return together(spec, "requests");
    }

    static Map<String, Quantity> limits(JsonNode spec) {
        return together(spec, "limits");
    }

    private static Map<String, Quantity> together(JsonNode spec, String list) {
        var running = new LinkedHashMap<String, Quantity>();
        for (ObjectNode container : Trees.list(spec, "containers")) {
            add(running, amounts(container, list));
        }
        var sidecars = new LinkedHashMap<String, Quantity>();
        var starting = new LinkedHashMap<String, Quantity>();
        for (ObjectNode container : Trees.list(spec, "initContainers")) {
            Map<String, Quantity> own = amounts(container, list);
            if (Trees.text(container, "restartPolicy").equals("Always")) {
                add(running, own);
                add(sidecars, own);
                most(starting, sidecars);
            } else {
                var now = new LinkedHashMap<>(sidecars);
                add(now, own);
                most(starting, now);
            }
        }
        most(running, starting);
        return running;
    }

    static Map<String, Quantity> amounts(JsonNode holder, String list) {
        var amounts = new LinkedHashMap<String, Quantity>();
        Trees.at(holder, "resources", list)
                .properties()
                .forEach(entry -> Quantity.find(entry.getValue().asString(""))
                        .ifPresent(amount -> amounts.put(entry.getKey(), amount)));
        return amounts;
    }

    private static void add(Map<String, Quantity> sum, Map<String, Quantity> more) {
        more.forEach((name, amount) -> sum.merge(name, amount, Quantity::plus));
    }

    private static void most(Map<String, Quantity> sum, Map<String, Quantity> other) {
        other.forEach((name, amount) -> sum.merge(name, amount, Quantity::max));
    }
}
