package dev.longshore.kinds.services;

import dev.longshore.kinds.kit.Defaults;
import dev.longshore.kinds.kit.Trees;
import java.util.HashSet;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What services are given when clients say nothing, and what a change of type takes away.
final class ServiceDefaults {

    private static final int AFFINITY_SECONDS = 10800;

    private ServiceDefaults() {}

    static void apply(ObjectNode service) {
        ObjectNode spec = Defaults.object(service, "spec");
        spec(spec);
        if (Trees.text(spec, "type").equals("LoadBalancer")) {
            for (ObjectNode ingress : Trees.list(service, "status", "loadBalancer", "ingress")) {
                if (!Trees.text(ingress, "ip").isEmpty()) {
                    Defaults.put(ingress, "ipMode", "VIP");
                }
            }
        }
    }

    private static void spec(ObjectNode spec) {
        Defaults.put(spec, "sessionAffinity", "None");
        Defaults.put(spec, "type", "ClusterIP");
        String type = Trees.text(spec, "type");
        if (Trees.text(spec, "sessionAffinity").equals("None")) {
            spec.remove("sessionAffinityConfig");
        } else if (Trees.text(spec, "sessionAffinity").equals("ClientIP")) {
            ObjectNode client = Defaults.object(Defaults.object(spec, "sessionAffinityConfig"), "clientIP");
            Defaults.put(client, "timeoutSeconds", AFFINITY_SECONDS);
        }
        for (ObjectNode port : Trees.list(spec, "ports")) {
            Defaults.put(port, "protocol", "TCP");
            JsonNode target = port.path("targetPort");
            boolean isUnset = !Trees.has(port, "targetPort")
                    || target.isNumber() && target.asInt() == 0
                    || target.isString() && target.asString().isEmpty();
            if (isUnset && port.has("port")) {
                port.set("targetPort", port.path("port"));
            }
        }
        if (isReachedFromOutside(spec)) {
            Defaults.put(spec, "externalTrafficPolicy", "Cluster");
        }
        if (!type.equals("ExternalName")) {
            Defaults.put(spec, "internalTrafficPolicy", "Cluster");
        }
        if (type.equals("LoadBalancer")) {
            Defaults.put(spec, "allocateLoadBalancerNodePorts", true);
        }
    }

    /// Clients that know of one address only say it once.
    static void sameAddresses(ObjectNode spec) {
        String single = Trees.text(spec, "clusterIP");
        if (!single.isEmpty() && spec.path("clusterIPs").isEmpty()) {
            spec.putArray("clusterIPs").add(single);
        }
    }

    /// As [#sameAddresses(ObjectNode)] for a change: what of both the client touched is what it meant.
    static void sameAddresses(ObjectNode spec, ObjectNode old) {
        String now = Trees.text(spec, "clusterIP");
        String before = Trees.text(old, "clusterIP");
        if (now.equals(before)) {
            if (spec.path("clusterIPs").isEmpty() && old.has("clusterIPs")) {
                spec.set("clusterIPs", old.path("clusterIPs").deepCopy());
            }
        } else if (Trees.same(spec, old, "clusterIPs")) {
            if (now.isEmpty()) {
                spec.remove("clusterIPs");
            } else {
                spec.putArray("clusterIPs").add(now);
            }
        }
    }

    /// True for services whose load balancer asks each node whether it has endpoints.
    static boolean hasHealthPort(ObjectNode spec) {
        return Trees.text(spec, "type").equals("LoadBalancer")
                && Trees.text(spec, "externalTrafficPolicy").equals("Local");
    }

    /// True for services that have an address.
    static boolean hasAddress(ObjectNode spec) {
        return !Trees.text(spec, "type").equals("ExternalName");
    }

    /// True for services that have a port on every node.
    static boolean hasNodePorts(ObjectNode spec) {
        String type = Trees.text(spec, "type");
        return type.equals("NodePort")
                || type.equals("LoadBalancer")
                        && spec.path("allocateLoadBalancerNodePorts").asBoolean(true);
    }

    /// True for services whose clients may be outside the cluster.
    static boolean isReachedFromOutside(ObjectNode spec) {
        String type = Trees.text(spec, "type");
        return type.equals("NodePort")
                || type.equals("LoadBalancer")
                || type.equals("ClusterIP") && !spec.path("externalIPs").isEmpty();
    }

    /// Keeps what was given to the service and the client did not repeat.
    static void carryOver(ObjectNode spec, ObjectNode old) {
        if (hasAddress(spec) && hasAddress(old)) {
            if (Trees.text(spec, "clusterIP").isEmpty() && old.has("clusterIP")) {
                spec.set("clusterIP", old.path("clusterIP"));
            }
            boolean isSame = Trees.same(spec, old, "clusterIP");
            if (spec.path("clusterIPs").isEmpty() && isSame && old.has("clusterIPs")) {
                spec.set("clusterIPs", old.path("clusterIPs").deepCopy());
            }
        }
        if (hasNodePorts(spec) && hasNodePorts(old)) {
            carryNodePorts(spec, old);
        }
        if (hasHealthPort(spec) && hasHealthPort(old) && Trees.number(spec, 0, "healthCheckNodePort") == 0) {
            spec.set("healthCheckNodePort", old.path("healthCheckNodePort"));
        }
    }

    /// A port is known by its name; what else of it may have changed.
    private static void carryNodePorts(ObjectNode spec, ObjectNode old) {
        var used = new HashSet<Long>();
        Trees.list(spec, "ports").forEach(port -> used.add(Trees.number(port, 0, "nodePort")));
        for (ObjectNode port : Trees.list(spec, "ports")) {
            if (Trees.number(port, 0, "nodePort") != 0) {
                continue;
            }
            Trees.list(old, "ports").stream()
                    .filter(one -> Trees.text(one, "name").equals(Trees.text(port, "name")))
                    .map(one -> Trees.number(one, 0, "nodePort"))
                    .filter(number -> number != 0 && used.add(number))
                    .findFirst()
                    .ifPresent(number -> port.put("nodePort", number.intValue()));
        }
    }

    /// Takes away what the old type had and the new one has not, unless the client has set it anew.
    static void dropForType(ObjectNode spec, ObjectNode old) {
        if (hasAddress(old) && !hasAddress(spec)) {
            if (Trees.same(spec, old, "clusterIPs")) {
                spec.remove(List.of("clusterIP", "clusterIPs"));
            }
            dropUnchanged(spec, old, "ipFamilies");
            dropUnchanged(spec, old, "ipFamilyPolicy");
        }
        if (hasNodePorts(old) && !hasNodePorts(spec) && nodePorts(spec).equals(nodePorts(old))) {
            Trees.list(spec, "ports").forEach(port -> port.remove("nodePort"));
        }
        if (hasHealthPort(old) && !hasHealthPort(spec)) {
            dropUnchanged(spec, old, "healthCheckNodePort");
        }
        if (isReachedFromOutside(old) && !isReachedFromOutside(spec)) {
            dropUnchanged(spec, old, "externalTrafficPolicy");
        }
        if (Trees.text(old, "type").equals("LoadBalancer")
                && !Trees.text(spec, "type").equals("LoadBalancer")) {
            dropUnchanged(spec, old, "allocateLoadBalancerNodePorts");
            dropUnchanged(spec, old, "loadBalancerClass");
        }
    }

    private static void dropUnchanged(ObjectNode spec, ObjectNode old, String field) {
        if (Trees.same(spec, old, field)) {
            spec.remove(field);
        }
    }

    private static List<Long> nodePorts(ObjectNode spec) {
        return Trees.list(spec, "ports").stream()
                .map(port -> Trees.number(port, 0, "nodePort"))
                .toList();
    }
}
