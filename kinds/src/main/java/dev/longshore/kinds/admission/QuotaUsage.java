package dev.longshore.kinds.admission;

import dev.longshore.kinds.kit.ResourceNames;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.GroupResource;
import dev.longshore.model.Quantity;
import dev.longshore.model.Resource;
import java.math.RoundingMode;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/// What objects count for quotas.
///
/// @param now pods that should have gone by then do not count any more
record QuotaUsage(Instant now) {

    static final Set<String> COUNTED = Set.of(
            "pods",
            "services",
            "replicationcontrollers",
            "resourcequotas",
            "secrets",
            "configmaps",
            "persistentvolumeclaims");
    static final GroupResource DEVICES = new GroupResource("resource.k8s.io", "resourceclaims");
    static final String OF_DEVICE_CLASS = ".deviceclass.resource.k8s.io/devices";
    static final String OF_STORAGE_CLASS = ".storageclass.storage.k8s.io/";

    private static final Set<String> UNQUALIFIED = Set.of("cpu", "memory", "ephemeral-storage");
    private static final String IMPLICIT = "deviceclass.resource.kubernetes.io/";
    private static final long ALL_DEVICES = 32;

    /// What `object` of `resource` counts.
    Map<String, Quantity> of(GroupResource resource, Resource object) {
        var usage = new HashMap<String, Quantity>();
        usage.put("count/" + resource, Quantity.of(1));
        if (resource.equals(DEVICES)) {
            devices(object, usage);
        }
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

    /// True if `quota` is about objects such as this.
    static boolean concerns(Resource quota, GroupResource resource, Resource object) {
        return QuotaScope.of(quota).stream().allMatch(scope -> scope.holds(resource, object));
    }

    private void pod(Resource pod, Map<String, Quantity> usage) {
        if (isOver(pod)) {
            usage.remove("pods");
            return;
        }
        PodAmounts.requests(pod).forEach((name, amount) -> {
            if (UNQUALIFIED.contains(name) || ResourceNames.isHugePages(name)) {
                usage.put(name, amount);
                usage.put("requests." + name, amount);
            } else if (ResourceNames.isExtended(name) || name.startsWith(IMPLICIT)) {
                usage.put("requests." + name, amount);
            }
        });
        PodAmounts.limits(pod).forEach((name, amount) -> {
            if (UNQUALIFIED.contains(name)) {
                usage.put("limits." + name, amount);
            }
        });
    }

    /// It has ended, or should have long since: on a node that is lost nobody could ever use up the rest.
    boolean isOver(Resource pod) {
        String phase = pod.text("status", "phase");
        if (phase.equals("Succeeded") || phase.equals("Failed")) {
            return true;
        }
        long grace = pod.at("metadata", "deletionGracePeriodSeconds").asLong(-1);
        if (!pod.isTerminating() || grace < 0) {
            return false;
        }
        try {
            return now.isAfter(
                    Instant.parse(pod.text("metadata", "deletionTimestamp")).plusSeconds(grace));
        } catch (DateTimeException unreadable) {
            return false;
        }
    }

    private static void service(Resource service, Map<String, Quantity> usage) {
        String type = service.text("spec", "type");
        List<ObjectNode> ports = Trees.list(service.tree(), "spec", "ports");
        boolean isBalanced = type.equals("LoadBalancer");
        if (isBalanced && !service.at("spec", "allocateLoadBalancerNodePorts").asBoolean(true)) {
            usage.put(
                    "services.nodeports",
                    Quantity.of(ports.stream()
                            .filter(port -> Trees.number(port, 0, "nodePort") != 0)
                            .count()));
        } else if (isBalanced || type.equals("NodePort")) {
            usage.put("services.nodeports", Quantity.of(ports.size()));
        }
        if (isBalanced) {
            usage.put("services.loadbalancers", Quantity.of(1));
        }
    }

    private static void claim(Resource claim, Map<String, Quantity> usage) {
        String name = claim.annotations()
                .getOrDefault("volume.beta.kubernetes.io/storage-class", claim.text("spec", "storageClassName"));
        String prefix = name + OF_STORAGE_CLASS;
        if (!name.isEmpty()) {
            usage.put(prefix + "persistentvolumeclaims", Quantity.of(1));
        }
        Quantity.find(claim.text("spec", "resources", "requests", "storage")).ifPresent(asked -> {
            // A volume that was to grow, and is asked for less since, may have grown.
            Quantity storage = Quantity.find(claim.text("status", "allocatedResources", "storage"))
                    .map(asked::max)
                    .map(QuotaUsage::whole)
                    .orElse(whole(asked));
            usage.put("requests.storage", storage);
            if (!name.isEmpty()) {
                usage.put(prefix + "requests.storage", storage);
            }
        });
    }

    private static Quantity whole(Quantity amount) {
        return amount.isWhole()
                ? amount
                : Quantity.of(amount.decimal().setScale(0, RoundingMode.CEILING).longValueExact());
    }

    /// As many as might be allocated at worst, by class.
    private static void devices(Resource claim, Map<String, Quantity> usage) {
        for (ObjectNode request : Trees.list(claim.tree(), "spec", "devices", "requests")) {
            var asked = new HashMap<String, Quantity>();
            List<ObjectNode> alternatives = Trees.list(request, "firstAvailable");
            for (ObjectNode alternative : alternatives.isEmpty()
                    ? Trees.object(request, "exactly").stream().toList()
                    : alternatives) {
                asked.merge(
                        Trees.text(alternative, "deviceClassName") + OF_DEVICE_CLASS,
                        Quantity.of(most(alternative)),
                        Quantity::max);
            }
            asked.forEach((name, amount) -> usage.merge(name, amount, Quantity::plus));
        }
    }

    private static long most(ObjectNode request) {
        return switch (Trees.text(request, "allocationMode")) {
            case "ExactCount" -> Trees.number(request, 0, "count");
            case "All" -> ALL_DEVICES;
            default -> 0;
        };
    }

    /// What a change of an object adds to what it counted as `old`; what it frees is left for the next full count.
    Map<String, Quantity> added(GroupResource resource, Resource object, Resource old) {
        var added = new HashMap<String, Quantity>();
        Map<String, Quantity> before = of(resource, old);
        of(resource, object).forEach((name, amount) -> {
            Quantity more = amount.minus(before.getOrDefault(name, Quantity.ZERO));
            if (more.signum() > 0) {
                added.put(name, more);
            }
        });
        return added;
    }
}
