package dev.longshore.kinds.services;

import dev.longshore.base.Json;
import dev.longshore.kinds.kit.Addresses;
import dev.longshore.kinds.kit.Checks;
import dev.longshore.kinds.kit.Selectors;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.Cause;
import dev.longshore.model.NameRule;
import java.util.HashSet;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;

/// What services must be like.
final class ServiceChecks {

    private ServiceChecks() {}

    static void check(Checks checks, ObjectNode service) {
        ObjectNode spec = Trees.object(service, "spec").orElseGet(Json::object);
        String type = Trees.text(spec, "type");
        boolean isHeadless = Trees.text(spec, "clusterIP").equals("None");
        checks.requiredOneOf("spec.type", type, "ClusterIP", "ExternalName", "LoadBalancer", "NodePort");
        if (spec.path("ports").isEmpty() && !isHeadless && !type.equals("ExternalName")) {
            checks.required("spec.ports");
        }
        if (isHeadless && (type.equals("NodePort") || type.equals("LoadBalancer"))) {
            checks.invalid("spec.clusterIPs[0]", "None", "may not be set to 'None' for " + type + " services");
        }
        if (type.equals("ExternalName")) {
            String name = Trees.text(spec, "externalName").replaceFirst("\\.$", "");
            checks.requiredName("spec.externalName", name, NameRule.DNS_SUBDOMAIN);
            if (!Trees.text(spec, "clusterIP").isEmpty() && !isHeadless) {
                checks.forbidden("spec.clusterIPs[0]", "may not be set when `type` is 'ExternalName'");
            }
        }
        ports(checks, spec, type);
        Selectors.checkLabels(checks, "spec.selector", spec.path("selector"));
        checks.requiredOneOf("spec.sessionAffinity", Trees.text(spec, "sessionAffinity"), "ClientIP", "None");
        checks.oneOf("spec.externalTrafficPolicy", Trees.text(spec, "externalTrafficPolicy"), "Cluster", "Local");
        checks.oneOf("spec.internalTrafficPolicy", Trees.text(spec, "internalTrafficPolicy"), "Cluster", "Local");
        checks.oneOf(
                "spec.ipFamilyPolicy",
                Trees.text(spec, "ipFamilyPolicy"),
                "SingleStack",
                "PreferDualStack",
                "RequireDualStack");
        addresses(checks, spec);
    }

    private static void addresses(Checks checks, ObjectNode spec) {
        List<String> addresses = Trees.strings(spec, "clusterIPs");
        String single = Trees.text(spec, "clusterIP");
        if (!addresses.isEmpty() && !addresses.getFirst().equals(single)) {
            checks.add(Cause.invalid("spec.clusterIPs", shown(addresses), "first value must match `clusterIP`"));
        }
        for (int i = 0; i < addresses.size(); i++) {
            String address = addresses.get(i);
            if (!address.equals("None") && !Addresses.isAddress(address)) {
                checks.add(Cause.invalid(
                        "spec.clusterIPs[" + i + "]",
                        '"' + address + '"',
                        "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"));
            }
        }
        int index = 0;
        for (String external : Trees.strings(spec, "externalIPs")) {
            String path = "spec.externalIPs[" + index++ + "]";
            if (!Addresses.isAddress(external)) {
                checks.invalid(path, external, "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)");
            }
        }
        index = 0;
        for (String range : Trees.strings(spec, "loadBalancerSourceRanges")) {
            String path = "spec.loadBalancerSourceRanges[" + index++ + "]";
            if (!Addresses.isBlock(range.strip())) {
                checks.invalid(path, range, "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)");
            }
        }
    }

    private static void ports(Checks checks, ObjectNode spec, String type) {
        var names = new HashSet<String>();
        var numbers = new HashSet<String>();
        var nodePorts = new HashSet<String>();
        List<ObjectNode> ports = Trees.list(spec, "ports");
        int index = 0;
        for (ObjectNode port : ports) {
            String path = "spec.ports[" + index++ + "]";
            String name = Trees.text(port, "name");
            if (name.isEmpty() && ports.size() > 1) {
                checks.required(path + ".name");
            } else if (!name.isEmpty()) {
                checks.name(path + ".name", name, NameRule.DNS_LABEL);
                checks.unique(path + ".name", name, names);
            }
            checks.port(path + ".port", Trees.number(port, 0, "port"));
            String protocol = Trees.text(port, "protocol");
            checks.requiredOneOf(path + ".protocol", protocol, "SCTP", "TCP", "UDP");
            checks.portNumberOrName(path + ".targetPort", port.path("targetPort"));
            if (!numbers.add(protocol + "/" + Trees.number(port, 0, "port"))) {
                ObjectNode key = Json.object().put("protocol", protocol).put("port", Trees.number(port, 0, "port"));
                checks.add(Cause.duplicate(path, key.toString()));
            }
            long nodePort = Trees.number(port, 0, "nodePort");
            if (nodePort != 0 && !type.equals("NodePort") && !type.equals("LoadBalancer")) {
                checks.forbidden(path + ".nodePort", "may not be used when `type` is '" + type + "'");
            } else if (nodePort != 0 && !nodePorts.add(protocol + "/" + nodePort)) {
                checks.add(Cause.duplicate(path + ".nodePort", Long.toString(nodePort)));
            }
        }
    }

    static void checkChange(Checks checks, ObjectNode service, ObjectNode old) {
        JsonNode now = service.path("spec");
        JsonNode before = old.path("spec");
        String address = Trees.text(before, "clusterIP");
        boolean keepsAddress = !Trees.text(now, "type").equals("ExternalName")
                && !Trees.text(before, "type").equals("ExternalName");
        if (keepsAddress && !address.isEmpty() && !address.equals(Trees.text(now, "clusterIP"))) {
            checks.add(Cause.invalid(
                    "spec.clusterIPs[0]", shown(Trees.strings(now, "clusterIPs")), "may not change once set"));
        }
    }

    private static String shown(List<String> texts) {
        return Json.array()
                .addAll(texts.stream().map(StringNode::valueOf).toList())
                .toString();
    }
}
