package dev.longshore.kinds.admission;

import dev.longshore.kinds.kit.ResourceNames;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.Quantity;
import dev.longshore.model.Resource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BinaryOperator;
import java.util.function.Predicate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// How much a pod asks for, or may use, in all: its containers together with those that keep running beside them, or
/// one that runs before them if that is more; what is said for the whole pod instead; and its overhead. A container
/// that is being resized counts with the most of what it is to get, was promised and has.
final class PodAmounts {

    private static final String ALWAYS = "Always";

    private final Resource pod;
    private final String list;
    private final Map<String, ObjectNode> statuses = new HashMap<>();
    private final boolean isResizeInfeasible;

    private PodAmounts(Resource pod, String list) {
        this.pod = pod;
        this.list = list;
        for (String containers : List.of("containerStatuses", "initContainerStatuses")) {
            Trees.list(pod.tree(), "status", containers)
                    .forEach(status -> statuses.put(Trees.text(status, "name"), status));
        }
        this.isResizeInfeasible = Trees.list(pod.tree(), "status", "conditions").stream()
                .filter(condition -> Trees.text(condition, "type").equals("PodResizePending"))
                .anyMatch(condition -> Trees.text(condition, "reason").equals("Infeasible"));
    }

    static Map<String, Quantity> requests(Resource pod) {
        var amounts = new PodAmounts(pod, "requests");
        Map<String, Quantity> all = amounts.ofContainers();
        amounts.ofPod().forEach(all::put);
        of(pod.at("spec", "overhead")).forEach((name, more) -> all.merge(name, more, Quantity::plus));
        return all;
    }

    static Map<String, Quantity> limits(Resource pod) {
        var amounts = new PodAmounts(pod, "limits");
        Map<String, Quantity> all = amounts.ofContainers();
        amounts.ofPod().forEach(all::put);
        // What has no limit does not get one by an overhead.
        of(pod.at("spec", "overhead"))
                .forEach((name, more) -> all.computeIfPresent(
                        name, (same, amount) -> amount.signum() == 0 ? amount : amount.plus(more)));
        return all;
    }

    /// What is said in the spec alone, without what a resize has reached, and without overhead.
    ///
    /// @param list `requests` or `limits`
    static Map<String, Quantity> asked(Resource pod, String list) {
        Resource unstarted = pod.copy();
        unstarted.tree().remove("status");
        var amounts = new PodAmounts(unstarted, list);
        Map<String, Quantity> all = amounts.ofContainers();
        amounts.ofPod().forEach((name, amount) -> {
            if (name.equals("cpu") || name.equals("memory")) {
                all.put(name, amount);
            }
        });
        return all;
    }

    /// True if something is said for the whole pod.
    static boolean areSaidForPod(Resource pod) {
        return List.of("requests", "limits").stream()
                .flatMap(list -> pod.at("spec", "resources", list).propertyNames().stream())
                .anyMatch(ResourceNames::isOfPods);
    }

    /// Names and amounts of a list of resources.
    static Map<String, Quantity> of(JsonNode amounts) {
        var result = new HashMap<String, Quantity>();
        amounts.properties()
                .forEach(entry -> Quantity.find(entry.getValue().asString(""))
                        .ifPresent(amount -> result.put(entry.getKey(), amount)));
        return result;
    }

    private Map<String, Quantity> ofPod() {
        Map<String, Quantity> said = of(pod.at("spec", "resources", list));
        said.keySet().removeIf(((Predicate<String>) ResourceNames::isOfPods).negate());
        return said;
    }

    private Map<String, Quantity> ofContainers() {
        var running = new HashMap<String, Quantity>();
        var beside = new HashMap<String, Quantity>();
        var peak = new HashMap<String, Quantity>();
        for (ObjectNode container : Trees.list(pod.tree(), "spec", "containers")) {
            merge(running, ofRunning(container), Quantity::plus);
        }
        for (ObjectNode container : Trees.list(pod.tree(), "spec", "initContainers")) {
            if (Trees.text(container, "restartPolicy").equals(ALWAYS)) {
                Map<String, Quantity> own = ofRunning(container);
                merge(running, own, Quantity::plus);
                merge(beside, own, Quantity::plus);
                merge(peak, beside, Quantity::max);
            } else {
                Map<String, Quantity> together = of(Trees.at(container, "resources", list));
                merge(together, beside, Quantity::plus);
                merge(peak, together, Quantity::max);
            }
        }
        merge(running, peak, Quantity::max);
        return running;
    }

    private Map<String, Quantity> ofRunning(ObjectNode container) {
        Map<String, Quantity> asked = of(Trees.at(container, "resources", list));
        ObjectNode status = statuses.get(Trees.text(container, "name"));
        if (status == null || !Trees.has(status, "resources")) {
            return asked;
        }
        var effective = new HashMap<String, Quantity>();
        if (!isResizeInfeasible) {
            merge(effective, asked, Quantity::max);
        }
        merge(effective, of(Trees.at(status, "resources", list)), Quantity::max);
        if (list.equals("requests")) {
            merge(effective, of(Trees.at(status, "allocatedResources")), Quantity::max);
        }
        return effective;
    }

    private static void merge(Map<String, Quantity> into, Map<String, Quantity> more, BinaryOperator<Quantity> how) {
        more.forEach((name, amount) -> into.merge(name, amount, how));
    }
}
