package dev.longshore.kinds.networking;

import dev.longshore.kinds.kit.Checks;
import dev.longshore.kinds.kit.IpChecks;
import dev.longshore.kinds.kit.Selectors;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.Cause;
import dev.longshore.model.IpText;
import dev.longshore.model.NameRule;
import dev.longshore.model.Resource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// What an EndpointSlice may not say.
final class EndpointSliceChecks {

    private static final int MAX_ENDPOINTS = 1000;
    private static final int MAX_ADDRESSES = 100;
    private static final int MAX_PORTS = 20_000;
    private static final int MAX_TOPOLOGY = 16;
    private static final int MAX_HINTS = 8;
    private static final String ZONE = "topology.kubernetes.io/zone";
    private static final List<String> TYPES = List.of("FQDN", "IPv4", "IPv6");
    private static final List<String> PROTOCOLS = List.of("SCTP", "TCP", "UDP");

    private EndpointSliceChecks() {}

    static void check(Checks checks, ObjectNode slice) {
        String type = Trees.text(slice, "addressType");
        if (checks.requiredText("addressType", type)) {
            checks.only("addressType", type, TYPES);
        }
        List<ObjectNode> endpoints = Trees.list(slice, "endpoints");
        if (!checks.tooMany("endpoints", endpoints.size(), MAX_ENDPOINTS)) {
            for (int i = 0; i < endpoints.size(); i++) {
                endpoint(checks, "endpoints[" + i + "]", endpoints.get(i), type);
            }
        }
        ports(checks, Trees.list(slice, "ports"));
    }

    private static void endpoint(Checks checks, String path, ObjectNode endpoint, String type) {
        List<String> addresses = Trees.strings(endpoint, "addresses");
        if (addresses.isEmpty()) {
            checks.required(path + ".addresses", "must contain at least 1 address");
        }
        checks.tooMany(path + ".addresses", addresses.size(), MAX_ADDRESSES);
        for (int i = 0; i < addresses.size(); i++) {
            address(checks, path + ".addresses[" + i + "]", addresses.get(i), type);
        }
        if (Trees.has(endpoint, "nodeName")) {
            checks.name(path + ".nodeName", Trees.text(endpoint, "nodeName"), NameRule.DNS_SUBDOMAIN);
        }
        checks.tooMany(
                path + ".deprecatedTopology",
                endpoint.path("deprecatedTopology").size(),
                MAX_TOPOLOGY);
        Selectors.checkLabels(checks, path + ".deprecatedTopology", endpoint.path("deprecatedTopology"));
        if (endpoint.path("deprecatedTopology").has(ZONE)) {
            checks.add(new Cause(
                    "InternalError",
                    path + ".deprecatedTopology[" + ZONE + "]",
                    "Internal error: reserved key was not removed in conversion"));
        }
        if (Trees.has(endpoint, "hostname")) {
            checks.name(path + ".hostname", Trees.text(endpoint, "hostname"), NameRule.DNS_LABEL);
        }
        List<ObjectNode> zones = Trees.list(endpoint, "hints", "forZones");
        hints(checks, path + ".hints.forZones", zones, true);
        // With too many zones the original looks no further.
        if (zones.size() <= MAX_HINTS) {
            hints(checks, path + ".hints.forNodes", Trees.list(endpoint, "hints", "forNodes"), false);
        }
    }

    private static void address(Checks checks, String path, String address, String type) {
        switch (type) {
            case "IPv4", "IPv6" -> {
                Optional<byte[]> bytes = IpText.parse(address);
                int length = type.equals("IPv4") ? 4 : 16;
                if (bytes.isEmpty() || bytes.get().length != length) {
                    checks.invalid(path, address, "must be a valid " + type + " address");
                }
                IpChecks.ordinary(checks, path, address);
            }
            case "FQDN" -> checks.fullDomainName(path, address);
            default -> {}
        }
    }

    private static void hints(Checks checks, String path, List<ObjectNode> hints, boolean areZones) {
        if (checks.tooMany(path, hints.size(), MAX_HINTS)) {
            return;
        }
        var seen = new HashSet<String>();
        for (int i = 0; i < hints.size(); i++) {
            String at = path + "[" + i + "].name";
            String name = Trees.text(hints.get(i), "name");
            if (!seen.add(name)) {
                checks.duplicate(at, name);
            }
            if (areZones) {
                Selectors.checkValue(checks, at, name);
            } else {
                checks.name(at, name, NameRule.DNS_SUBDOMAIN);
            }
        }
    }

    private static void ports(Checks checks, List<ObjectNode> ports) {
        if (checks.tooMany("ports", ports.size(), MAX_PORTS)) {
            return;
        }
        var names = new HashSet<String>();
        for (int i = 0; i < ports.size(); i++) {
            String path = "ports[" + i + "]";
            String name = Trees.text(ports.get(i), "name");
            if (!name.isEmpty()) {
                checks.name(path + ".name", name, NameRule.DNS_LABEL);
            }
            if (!names.add(name)) {
                checks.duplicate(path + ".name", name);
            }
            checks.only(path + ".protocol", Trees.text(ports.get(i), "protocol"), PROTOCOLS);
            if (Trees.has(ports.get(i), "appProtocol")) {
                Selectors.checkKey(checks, path + ".appProtocol", Trees.text(ports.get(i), "appProtocol"));
            }
        }
    }

    static List<String> warnings(Resource slice) {
        var warnings = new ArrayList<String>();
        if (slice.text("addressType").equals("FQDN")) {
            warnings.add("spec.addressType: FQDN endpoints are deprecated");
        }
        int index = 0;
        for (ObjectNode endpoint : Trees.list(slice.tree(), "endpoints")) {
            int number = 0;
            for (String address : Trees.strings(endpoint, "addresses")) {
                String path = "endpoints[" + index + "].addresses[" + number++ + "]";
                warnings.addAll(IpChecks.warnings(path, address));
            }
            index++;
        }
        return warnings;
    }
}
