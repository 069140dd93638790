package dev.longshore.kinds.admission;

import dev.longshore.kinds.kit.Trees;
import dev.longshore.kinds.pods.Qos;
import dev.longshore.model.GroupResource;
import dev.longshore.model.Quantity;
import dev.longshore.model.Resource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/// What objects count for quotas.
final class QuotaUsage {

    static final Set<String> COUNTED = Set.of(
            "pods",
            "services",
            "replicationcontrollers",
            "resourcequotas",
            "secrets",
            "configmaps",
            "persistentvolumeclaims");
    private static final Set<String> UNQUALIFIED = Set.of("cpu", "memory", "ephemeral-storage");

    private QuotaUsage() {}

    /// What `object` of `resource` counts.
    static Map<String, Quantity> of(GroupResource resource, Resource object) {
        var usage = new HashMap<String, Quantity>();
        usage.put("count/" + resource, Quantity.of(1));
        if (!resource.group().isEmpty()) {
            return usage;
        }
        if (COUNTED.contains(resource.resource())) {
            usage.put(resource.resource(), Quantity.of(1));
        }
        switch (resource.resource()) {
            case "pods" -> pod(object, usage);
            case "services" -> service(object, usage);
            case "persistentvolumeclaims" -> claim(object, usage);
            default -> {
                // Others only count as such.
            }
        }
        return usage;
    }

    private static void pod(Resource pod, Map<String, Quantity> usage) {
        String phase = pod.text("status", "phase");
        if (phase.equals("Succeeded") || phase.equals("Failed")) {
            usage.remove("pods");
            return;
        }
        for (String list : List.of("requests", "limits")) {
            var running = new HashMap<String, Quantity>();
            for (ObjectNode container : Trees.list(pod.tree(), "spec", "containers")) {
                amounts(container, list).forEach((name, amount) -> running.merge(name, amount, Quantity::plus));
            }
            for (ObjectNode container : Trees.list(pod.tree(), "spec", "initContainers")) {
                amounts(container, list).forEach((name, amount) -> running.merge(name, amount, Quantity::max));
            }
            running.forEach((name, amount) -> {
                usage.put(list + "." + name, amount);
                if (list.equals("requests") && UNQUALIFIED.contains(name)) {
                    usage.put(name, amount);
                }
            });
        }
    }

    private static Map<String, Quantity> amounts(ObjectNode holder, String list) {
        var amounts = new HashMap<String, Quantity>();
        Trees.at(holder, "resources", list)
                .properties()
                .forEach(entry -> Quantity.find(entry.getValue().asString(""))
                        .ifPresent(quantity -> amounts.put(entry.getKey(), quantity)));
        return amounts;
    }

    private static void service(Resource service, Map<String, Quantity> usage) {
        String type = service.text("spec", "type");
        if (type.equals("NodePort") || type.equals("LoadBalancer")) {
            usage.put(
                    "services.nodeports",
                    Quantity.of(Math.max(1, service.at("spec", "ports").size())));
        }
        if (type.equals("LoadBalancer")) {
            usage.put("services.loadbalancers", Quantity.of(1));
        }
    }

    private static void claim(Resource claim, Map<String, Quantity> usage) {
        Quantity.find(claim.text("spec", "resources", "requests", "storage")).ifPresent(storage -> {
            usage.put("requests.storage", storage);
            String name = claim.text("spec", "storageClassName");
            if (!name.isEmpty()) {
                String prefix = name + ".storageclass.storage.k8s.io/";
                usage.put(prefix + "requests.storage", storage);
                usage.put(prefix + "persistentvolumeclaims", Quantity.of(1));
            }
        });
    }

    /// True if `quota` is about objects such as this.
    static boolean concerns(Resource quota, GroupResource resource, Resource object) {
        List<String> scopes = Trees.strings(quota.tree(), "spec", "scopes");
        return scopes.isEmpty()
                || resource.equals(Attempts.PODS) && scopes.stream().allMatch(scope -> isIn(scope, object));
    }

    private static boolean isIn(String scope, Resource pod) {
        boolean hasDeadline = pod.find("spec", "activeDeadlineSeconds").isPresent();
        boolean isBestEffort = Qos.of(pod.object("spec")).equals("BestEffort");
        return switch (scope) {
            case "Terminating" -> hasDeadline;
            case "NotTerminating" -> !hasDeadline;
            case "BestEffort" -> isBestEffort;
            case "NotBestEffort" -> !isBestEffort;
            case "PriorityClass" -> !pod.text("spec", "priorityClassName").isEmpty();
            default -> false;
        };
    }

    /// What `change` of an object adds to its usage; what it frees is left for the next full count.
    static Map<String, Quantity> added(GroupResource resource, Resource object, Optional<Resource> old) {
        Map<String, Quantity> usage = of(resource, object);
        if (old.isEmpty()) {
            return usage;
        }
        var added = new HashMap<String, Quantity>();
        Map<String, Quantity> before = of(resource, old.get());
        usage.forEach((name, amount) -> {
            Quantity more = amount.minus(before.getOrDefault(name, Quantity.ZERO));
            if (more.compareTo(Quantity.ZERO) > 0) {
                added.put(name, more);
            }
        });
        return added;
    }
}
