package dev.longshore.kinds.services;

import dev.longshore.kinds.kit.Defaults;
import dev.longshore.kinds.kit.Trees;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What services are given when clients say nothing, and what a change of type takes away.
final class ServiceDefaults {

    private static final int AFFINITY_SECONDS = 10800;

    private ServiceDefaults() {}

    static void apply(ObjectNode service) {
        Trees.object(service, "spec").ifPresent(ServiceDefaults::spec);
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
        sameAddresses(spec);
    }

    /// `clusterIP` is the first of `clusterIPs`.
    static void sameAddresses(ObjectNode spec) {
        String single = Trees.text(spec, "clusterIP");
        List<String> list = Trees.strings(spec, "clusterIPs");
        if (!single.isEmpty() && list.isEmpty()) {
            spec.putArray("clusterIPs").add(single);
        } else if (single.isEmpty() && !list.isEmpty()) {
            spec.put("clusterIP", list.getFirst());
        }
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

    /// The families that the service speaks, once its type is settled.
    static void families(ObjectNode spec, String family) {
        if (!hasAddress(spec)) {
            spec.remove(List.of("clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy"));
            return;
        }
        boolean isHeadless = Trees.text(spec, "clusterIP").equals("None");
        if (isHeadless && spec.path("selector").isEmpty()) {
            // Nobody knows of which family the endpoints will be that somebody else writes.
            Defaults.put(spec, "ipFamilyPolicy", "RequireDualStack");
            if (spec.path("ipFamilies").isEmpty()) {
                var families = spec.putArray("ipFamilies").add(family);
                if (Trees.text(spec, "ipFamilyPolicy").equals("RequireDualStack")) {
                    families.add(family.equals("IPv4") ? "IPv6" : "IPv4");
                }
            }
            return;
        }
        Defaults.put(spec, "ipFamilyPolicy", "SingleStack");
        if (spec.path("ipFamilies").isEmpty()) {
            spec.putArray("ipFamilies").add(family);
        }
    }

    /// Keeps what was given to the service and the client did not repeat.
    static void carryOver(ObjectNode spec, ObjectNode old) {
        if (hasAddress(spec) && hasAddress(old) && Trees.text(spec, "clusterIP").isEmpty()) {
            for (String field : List.of("clusterIP", "clusterIPs")) {
                if (Trees.has(old, field)) {
                    spec.set(field, old.path(field).deepCopy());
                }
            }
        }
        if (hasNodePorts(spec) && hasNodePorts(old)) {
            for (ObjectNode port : Trees.list(spec, "ports")) {
                if (Trees.number(port, 0, "nodePort") == 0) {
                    Trees.list(old, "ports").stream()
                            .filter(one -> isSamePort(one, port) && Trees.number(one, 0, "nodePort") != 0)
                            .findFirst()
                            .ifPresent(one -> port.set("nodePort", one.path("nodePort")));
                }
            }
        }
        if (Trees.number(spec, 0, "healthCheckNodePort") == 0 && Trees.has(old, "healthCheckNodePort")) {
            spec.set("healthCheckNodePort", old.path("healthCheckNodePort"));
        }
    }

    private static boolean isSamePort(ObjectNode one, ObjectNode other) {
        return Trees.number(one, 0, "port") == Trees.number(other, 0, "port")
                && Trees.text(one, "protocol").equals(Trees.text(other, "protocol"));
    }

    /// Takes away what the old type had, unless the client has set it anew.
    static void dropForType(ObjectNode spec, ObjectNode old) {
        if (!hasAddress(spec) && hasAddress(old) && Trees.same(spec, old, "clusterIP")) {
            spec.remove(List.of("clusterIP", "clusterIPs"));
        }
        if (!hasNodePorts(spec) && hasNodePorts(old)) {
            for (ObjectNode port : Trees.list(spec, "ports")) {
                boolean isOld = Trees.list(old, "ports").stream()
                        .anyMatch(one -> Trees.number(one, 0, "nodePort") == Trees.number(port, 0, "nodePort"));
                if (isOld) {
                    port.remove("nodePort");
                }
            }
        }
        if (!isReachedFromOutside(spec) && Trees.same(spec, old, "externalTrafficPolicy")) {
            spec.remove("externalTrafficPolicy");
        }
        if (!Trees.text(spec, "type").equals("LoadBalancer")) {
            for (String field : List.of("allocateLoadBalancerNodePorts", "loadBalancerClass", "healthCheckNodePort")) {
                if (Trees.same(spec, old, field)) {
                    spec.remove(field);
                }
            }
        }
        if (!hasAddress(spec)) {
            spec.remove("internalTrafficPolicy");
        }
    }
}
