package dev.longshore.kinds.admission;

import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.Admission;
import dev.longshore.model.GroupResource;
import dev.longshore.model.Quantity;
import dev.longshore.model.Registry;
import dev.longshore.model.Resource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// A namespace's limits for single containers, pods and claims: defaults for what is not said, and refusal of
/// too little and too much.
final class LimitRanger implements Admission {

    private static final GroupResource RANGES = new GroupResource("", "limitranges");

    @Override
    public String name() {
        return "LimitRanger";
    }

    @Override
    public void mutate(Attempt attempt, Registry registry) {
        Attempts.created(attempt, Attempts.PODS).ifPresent(pod -> {
            for (ObjectNode item : items(registry, attempt.namespace(), "Container")) {
                for (String list : List.of("containers", "initContainers")) {
                    Trees.list(pod.tree(), "spec", list).forEach(container -> {
                        fill(container, "limits", item.path("default"));
                        fill(container, "requests", item.path("defaultRequest"));
                    });
                }
            }
        });
    }

    private static void fill(ObjectNode container, String list, JsonNode defaults) {
        defaults.properties().forEach(amount -> {
            ObjectNode target = container.withObject("resources").withObject(list);
            if (!target.has(amount.getKey())) {
                target.set(amount.getKey(), amount.getValue());
            }
        });
    }

    @Override
    public void validate(Attempt attempt, Registry registry) {
        var faults = new ArrayList<String>();
        Attempts.created(attempt, Attempts.PODS).ifPresent(pod -> {
            for (ObjectNode item : items(registry, attempt.namespace(), "Container")) {
                for (String list : List.of("containers", "initContainers")) {
                    Trees.list(pod.tree(), "spec", list)
                            .forEach(container -> check("Container", item, amounts(container), faults));
                }
            }
            for (ObjectNode item : items(registry, attempt.namespace(), "Pod")) {
                check("Pod", item, podAmounts(pod), faults);
            }
        });
        Attempts.created(attempt, Attempts.CLAIMS).ifPresent(claim -> {
            for (ObjectNode item : items(registry, attempt.namespace(), "PersistentVolumeClaim")) {
                check("PersistentVolumeClaim", item, amounts(claim.object("spec")), faults);
            }
        });
        if (!faults.isEmpty()) {
            throw Attempts.forbidden(
                    attempt, faults.size() == 1 ? faults.getFirst() : "[" + String.join(", ", faults) + "]");
        }
    }

    private static List<ObjectNode> items(Registry registry, String namespace, String type) {
        return registry.list(RANGES, namespace).stream()
                .flatMap(range -> Trees.list(range.tree(), "spec", "limits").stream())
                .filter(item -> Trees.text(item, "type").equals(type))
                .toList();
    }

    /// `requests` and `limits` by resource.
    private record Amounts(Map<String, Quantity> requests, Map<String, Quantity> limits) {}

    private static Amounts amounts(ObjectNode holder) {
        return new Amounts(amounts(holder, "requests"), amounts(holder, "limits"));
    }

    private static Map<String, Quantity> amounts(ObjectNode holder, String list) {
        var amounts = new HashMap<String, Quantity>();
        Trees.at(holder, "resources", list)
                .properties()
                .forEach(entry -> Quantity.find(entry.getValue().asString(""))
                        .ifPresent(quantity -> amounts.put(entry.getKey(), quantity)));
        return amounts;
    }

    private static Amounts podAmounts(Resource pod) {
        var requests = new HashMap<String, Quantity>();
        var limits = new HashMap<String, Quantity>();
        for (ObjectNode container : Trees.list(pod.tree(), "spec", "containers")) {
            amounts(container, "requests").forEach((name, amount) -> requests.merge(name, amount, Quantity::plus));
            amounts(container, "limits").forEach((name, amount) -> limits.merge(name, amount, Quantity::plus));
        }
        return new Amounts(requests, limits);
    }

    private static void check(String type, ObjectNode item, Amounts amounts, List<String> faults) {
        item.path("min").properties().forEach(entry -> {
            Quantity least = Quantity.parse(entry.getValue().asString());
            Optional<Quantity> request = Optional.ofNullable(amounts.requests.get(entry.getKey()));
            if (request.isEmpty()) {
                faults.add("minimum %s usage per %s is %s.  No request is specified"
                        .formatted(entry.getKey(), type, least));
            } else if (request.get().compareTo(least) < 0) {
                faults.add("minimum %s usage per %s is %s, but request is %s"
                        .formatted(entry.getKey(), type, least, request.get()));
            }
        });
        boolean isClaim = type.equals("PersistentVolumeClaim");
        item.path("max").properties().forEach(entry -> {
            Quantity most = Quantity.parse(entry.getValue().asString());
            Optional<Quantity> limit =
                    Optional.ofNullable((isClaim ? amounts.requests : amounts.limits).get(entry.getKey()));
            if (limit.isEmpty()) {
                faults.add(
                        "maximum %s usage per %s is %s.  No limit is specified".formatted(entry.getKey(), type, most));
            } else if (limit.get().compareTo(most) > 0) {
                faults.add("maximum %s usage per %s is %s, but %s is %s"
                        .formatted(entry.getKey(), type, most, isClaim ? "request" : "limit", limit.get()));
            }
        });
    }
}
