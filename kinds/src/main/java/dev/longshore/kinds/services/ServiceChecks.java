package dev.longshore.kinds.services;

import dev.longshore.base.Json;
import dev.longshore.kinds.kit.Addresses;
import dev.longshore.kinds.kit.Checks;
import dev.longshore.kinds.kit.IpChecks;
import dev.longshore.kinds.kit.Selectors;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.Cause;
import dev.longshore.model.NameRule;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What services must be like.
final class ServiceChecks {

    private static final int MAX_AFFINITY_SECONDS = 86_400;
    private static final String HINTS = "service.kubernetes.io/topology-aware-hints";
    private static final String MODE = "service.kubernetes.io/topology-mode";
    private static final String RANGES = "service.beta.kubernetes.io/load-balancer-source-ranges";
    private static final String BALANCERS_ONLY = "may only be used when `type` is 'LoadBalancer'";

    private final Checks checks;
    private final ObjectNode service;
    private final ObjectNode spec;
    private final String type;
    private final boolean isHeadless;

    ServiceChecks(Checks checks, ObjectNode service) {
        this.checks = checks;
        this.service = service;
        this.spec = Trees.object(service, "spec").orElseGet(Json::object);
        this.type = Trees.text(spec, "type");
        this.isHeadless = ServiceFamilies.isHeadless(spec);
    }

    void check() {
        topology();
        if (spec.path("ports").isEmpty() && !isHeadless && !type.equals("ExternalName")) {
            checks.required("spec.ports");
        }
        byType();
        ports();
        Selectors.checkLabels(checks, "spec.selector", spec.path("selector"));
        affinity();
        new ServiceFamilies(checks, spec).addresses();
        externalAddresses();
        if (type.isEmpty()) {
            checks.required("spec.type");
        }
        checks.anyOf("spec.type", type, "ClusterIP", "ExternalName", "LoadBalancer", "NodePort");
        nodePorts();
        sourceRanges();
        balancer();
        policies();
    }

    private void topology() {
        JsonNode annotations = Trees.at(service, "metadata", "annotations");
        String mode = Trees.text(annotations, MODE);
        if (annotations.has(MODE) && annotations.has(HINTS) && !mode.equals(Trees.text(annotations, HINTS))) {
            checks.invalid(
                    "metadata.annotations[" + MODE + "]",
                    mode,
                    "must match annotations[" + HINTS + "] when both are specified");
        }
    }

    private void byType() {
        switch (type) {
            case "LoadBalancer", "NodePort" -> {
                if (isHeadless) {
                    checks.invalid("spec.clusterIPs[0]", "None", "may not be set to 'None' for " + type + " services");
                }
            }
            case "ExternalName" -> {
                for (String field : List.of("clusterIPs", "ipFamilies", "ipFamilyPolicy")) {
                    JsonNode value = spec.path(field);
                    if (value.isString() || !value.isEmpty()) {
                        checks.forbidden("spec." + field, "may not be set for ExternalName services");
                    }
                }
                String name = Trees.text(spec, "externalName");
                name = name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
                checks.requiredName("spec.externalName", name, NameRule.DNS_SUBDOMAIN);
            }
            default -> {
                // Nothing of its own.
            }
        }
    }

    private void ports() {
        var names = new HashSet<String>();
        boolean isOneOfMany = spec.path("ports").size() > 1;
        Trees.each(spec, "spec", "ports", (at, port) -> port(at, port, isOneOfMany, names));
    }

    private void port(String at, ObjectNode port, boolean isOneOfMany, Set<String> names) {
        String name = Trees.text(port, "name");
        if (name.isEmpty() && isOneOfMany) {
            checks.required(at + ".name");
        } else if (!name.isEmpty()) {
            checks.name(at + ".name", name, NameRule.DNS_LABEL);
            checks.unique(at + ".name", name, names);
        }
        checks.port(at + ".port", Trees.number(port, 0, "port"));
        checks.requiredAnyOf(at + ".protocol", Trees.text(port, "protocol"), "SCTP", "TCP", "UDP");
        checks.portNumberOrName(at + ".targetPort", port.path("targetPort"));
        if (Trees.has(port, "appProtocol")) {
            Selectors.checkKey(checks, at + ".appProtocol", Trees.text(port, "appProtocol"));
        }
    }

    private void affinity() {
        String affinity = Trees.text(spec, "sessionAffinity");
        checks.requiredAnyOf("spec.sessionAffinity", affinity, "ClientIP", "None");
        String at = "spec.sessionAffinityConfig";
        JsonNode config = spec.path("sessionAffinityConfig");
        if (affinity.equals("None") && config.isObject()) {
            checks.forbidden(at, "must not be set when session affinity is None");
        } else if (affinity.equals("ClientIP")) {
            String why = "when session affinity type is ClientIP";
            JsonNode timeout = Trees.at(config, "clientIP", "timeoutSeconds");
            if (!config.isObject()) {
                checks.required(at, why);
            } else if (!config.path("clientIP").isObject()) {
                checks.required(at + ".clientIP", why);
            } else if (!timeout.isNumber()) {
                checks.required(at + ".clientIP.timeoutSeconds", why);
            } else if (timeout.asLong() <= 0 || timeout.asLong() > MAX_AFFINITY_SECONDS) {
                checks.invalid(
                        at + ".clientIP.timeoutSeconds",
                        timeout.asLong(),
                        "must be greater than 0 and less than 86400");
            }
        }
    }

    private void externalAddresses() {
        List<String> addresses = Trees.strings(spec, "externalIPs");
        for (int i = 0; i < addresses.size(); i++) {
            String at = "spec.externalIPs[" + i + "]";
            if (IpChecks.address(checks, at, addresses.get(i))) {
                IpChecks.ordinary(checks, at, addresses.get(i));
            }
        }
    }

    private void nodePorts() {
        if (type.equals("ClusterIP")) {
            Trees.each(spec, "spec", "ports", (at, port) -> {
                if (Trees.number(port, 0, "nodePort") != 0) {
                    checks.forbidden(at + ".nodePort", "may not be used when `type` is 'ClusterIP'");
                }
            });
        }
        var taken = new HashSet<String>();
        Trees.each(spec, "spec", "ports", (at, port) -> {
            long number = Trees.number(port, 0, "nodePort");
            if (number != 0 && !taken.add(Trees.text(port, "protocol") + "/" + number)) {
                checks.add(Cause.duplicate(at + ".nodePort", Long.toString(number)));
            }
        });
        var numbers = new HashSet<String>();
        Trees.each(spec, "spec", "ports", (at, port) -> {
            String protocol = Trees.text(port, "protocol");
            long number = Trees.number(port, 0, "port");
            if (!numbers.add(protocol + "/" + number)) {
                // As Go prints the structure by which it looks for doubles.
                checks.add(Cause.duplicate(
                        at,
                        "{\"Name\":\"\",\"Protocol\":\"" + protocol + "\",\"AppProtocol\":null,\"Port\":" + number
                                + ",\"TargetPort\":0,\"NodePort\":0}"));
            }
        });
    }

    private void sourceRanges() {
        List<String> ranges = Trees.strings(spec, "loadBalancerSourceRanges");
        boolean isBalancer = type.equals("LoadBalancer");
        if (!ranges.isEmpty()) {
            // The path is spelled so in the original.
            String at = "spec.LoadBalancerSourceRanges";
            if (!isBalancer) {
                checks.forbidden(at, BALANCERS_ONLY);
            }
            for (int i = 0; i < ranges.size(); i++) {
                checks.legacyBlock(at + "[" + i + "]", ranges.get(i).strip());
            }
        } else if (Trees.has(service, "metadata", "annotations", RANGES)) {
            String at = "metadata.annotations[" + RANGES + "]";
            if (!isBalancer) {
                checks.forbidden(at, BALANCERS_ONLY);
            }
            String value =
                    Trees.text(service, "metadata", "annotations", RANGES).strip();
            if (!value.isEmpty()) {
                for (String range : value.split(",", -1)) {
                    checks.legacyBlock(at, range.strip());
                }
            }
        }
    }

    private void balancer() {
        boolean isBalancer = type.equals("LoadBalancer");
        boolean isSaid = Trees.has(spec, "allocateLoadBalancerNodePorts");
        if (isSaid && !isBalancer) {
            checks.forbidden("spec.allocateLoadBalancerNodePorts", BALANCERS_ONLY);
        } else if (!isSaid && isBalancer) {
            checks.required("allocateLoadBalancerNodePorts");
        }
        if (Trees.has(spec, "loadBalancerClass")) {
            if (isBalancer) {
                Selectors.checkKey(checks, "spec.loadBalancerClass", Trees.text(spec, "loadBalancerClass"));
            } else {
                checks.forbidden("spec.loadBalancerClass", BALANCERS_ONLY);
            }
        }
    }

    private void policies() {
        String external = Trees.text(spec, "externalTrafficPolicy");
        if (ServiceDefaults.isReachedFromOutside(spec)) {
            checks.requiredAnyOf("spec.externalTrafficPolicy", external, "Cluster", "Local");
        } else if (!external.isEmpty()) {
            checks.invalid(
                    "spec.externalTrafficPolicy", external, "may only be set for externally-accessible services");
        }
        long health = Trees.number(spec, 0, "healthCheckNodePort");
        if (!ServiceDefaults.hasHealthPort(spec) && health != 0) {
            checks.invalid(
                    "spec.healthCheckNodePort",
                    health,
                    "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'");
        } else if (health != 0) {
            checks.port("spec.healthCheckNodePort", health);
        }
        String internal = Trees.text(spec, "internalTrafficPolicy");
        if (internal.isEmpty() && !type.equals("ExternalName") && !type.isEmpty()) {
            checks.required("spec.internalTrafficPolicy");
        }
        checks.anyOf("spec.internalTrafficPolicy", internal, "Cluster", "Local");
        if (Trees.has(spec, "trafficDistribution")) {
            String distribution = Trees.text(spec, "trafficDistribution");
            List<String> known = List.of("PreferClose", "PreferSameZone", "PreferSameNode");
            if (!known.contains(distribution)) {
                checks.unsupported("spec.trafficDistribution", distribution, known.toArray(String[]::new));
            }
        }
    }

    /// Checks a change from `old`.
    void change(ObjectNode old) {
        JsonNode before = old.path("spec");
        new ServiceFamilies(checks, spec).change(before);
        boolean isBalancer = type.equals("LoadBalancer");
        boolean wasBalancer = Trees.text(before, "type").equals("LoadBalancer");
        if (isBalancer && wasBalancer && !Trees.same(spec, before, "loadBalancerClass")) {
            checks.invalid("spec.loadBalancerClass", spec.path("loadBalancerClass"), "may not change once set");
        }
        if (before instanceof ObjectNode object
                && ServiceDefaults.hasHealthPort(object)
                && ServiceDefaults.hasHealthPort(spec)
                && Trees.number(spec, 0, "healthCheckNodePort") != Trees.number(before, 0, "healthCheckNodePort")) {
            checks.forbidden("spec.healthCheckNodePort", Checks.IMMUTABLE);
        }
    }

    /// Checks what a load balancer says of itself.
    void status() {
        JsonNode balancer = Trees.at(service, "status", "loadBalancer");
        String path = "status.loadBalancer";
        if (!type.equals("LoadBalancer") && !balancer.path("ingress").isEmpty()) {
            checks.forbidden(path + ".ingress", "may only be used when `spec.type` is 'LoadBalancer'");
            return;
        }
        Trees.each(balancer, path, "ingress", this::ingress);
    }

    private void ingress(String at, ObjectNode ingress) {
        String ip = Trees.text(ingress, "ip");
        if (!ip.isEmpty()) {
            IpChecks.address(checks, at + ".ip", ip);
        }
        boolean hasMode = Trees.has(ingress, "ipMode");
        if (!hasMode && !ip.isEmpty()) {
            checks.required(at + ".ipMode", "must be specified when `ip` is set");
        } else if (hasMode && ip.isEmpty()) {
            checks.forbidden(at + ".ipMode", "may not be specified when `ip` is not set");
        } else {
            checks.anyOf(at + ".ipMode", Trees.text(ingress, "ipMode"), "Proxy", "VIP");
        }
        String name = Trees.text(ingress, "hostname");
        if (!name.isEmpty()) {
            checks.name(at + ".hostname", name, NameRule.DNS_SUBDOMAIN);
            if (Addresses.isAddress(name)) {
                checks.invalid(at + ".hostname", name, "must be a DNS name, not an IP address");
            }
        }
    }
}
