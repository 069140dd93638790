package dev.longshore.kinds.networking;

import dev.longshore.kinds.kit.Addresses;
import dev.longshore.kinds.kit.Checks;
import dev.longshore.kinds.kit.Columns;
import dev.longshore.kinds.kit.Defaults;
import dev.longshore.kinds.kit.KindBuilder;
import dev.longshore.kinds.kit.KindsContext;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.Cause;
import dev.longshore.model.Resource;
import dev.longshore.model.ResourceDefinition;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/// Where a service leads: a part of its endpoints.
final class EndpointSliceKind {

    private static final int SHOWN = 3;
    private static final int MAX_ENDPOINTS = 1000;

    private EndpointSliceKind() {}

    static ResourceDefinition definition(KindsContext context) {
        return KindBuilder.kind(context, "discovery.k8s.io/v1", "EndpointSlice", "endpointslices")
                .table(Columns.named()
                        .text("AddressType", "What its addresses are.", slice -> slice.text("addressType"))
                        .text("Ports", "Its ports.", EndpointSliceKind::ports)
                        .text("Endpoints", "Its addresses.", EndpointSliceKind::endpoints)
                        .age()
                        .table())
                .defaults(slice -> {
                    for (ObjectNode port : Trees.list(slice, "ports")) {
                        if (!Trees.has(port, "name")) {
                            port.put("name", "");
                        }
                        Defaults.put(port, "protocol", "TCP");
                    }
                })
                .checks(EndpointSliceKind::check)
                .changeChecks((checks, slice, old) -> checks.unchanged("addressType", slice, old, "addressType"))
                .build();
    }

    private static void check(Checks checks, ObjectNode slice) {
        String type = Trees.text(slice, "addressType");
        checks.requiredOneOf("addressType", type, "FQDN", "IPv4", "IPv6");
        List<ObjectNode> endpoints = Trees.list(slice, "endpoints");
        if (endpoints.size() > MAX_ENDPOINTS) {
            checks.add(new Cause(
                    "FieldValueTooMany",
                    "endpoints",
                    "Too many: " + endpoints.size() + ": must have at most 1000 items"));
        }
        for (int i = 0; i < endpoints.size(); i++) {
            String path = "endpoints[" + i + "].addresses";
            List<String> addresses = Trees.strings(endpoints.get(i), "addresses");
            if (addresses.isEmpty()) {
                checks.required(path, "must contain at least 1 address");
            }
            for (int j = 0; j < addresses.size(); j++) {
                String address = addresses.get(j);
                boolean fits = type.equals("FQDN")
                        || Addresses.isAddress(address) && Addresses.isV6(address) == type.equals("IPv6");
                if (!fits) {
                    checks.invalid(path + "[" + j + "]", address, "must be a valid " + type + " address");
                }
            }
        }
        int index = 0;
        for (ObjectNode port : Trees.list(slice, "ports")) {
            checks.requiredOneOf("ports[" + index++ + "].protocol", Trees.text(port, "protocol"), "SCTP", "TCP", "UDP");
        }
    }

    private static String ports(Resource slice) {
        var ports = new ArrayList<String>();
        for (ObjectNode port : Trees.list(slice.tree(), "ports")) {
            ports.add(Trees.has(port, "port") ? Long.toString(Trees.number(port, 0, "port")) : "*");
        }
        return few(ports, "<unset>");
    }

    private static String endpoints(Resource slice) {
        var addresses = new ArrayList<String>();
        Trees.list(slice.tree(), "endpoints")
                .forEach(endpoint -> addresses.addAll(Trees.strings(endpoint, "addresses")));
        return few(addresses, "<unset>");
    }

    private static String few(List<String> all, String none) {
        if (all.isEmpty()) {
            return none;
        }
        String shown = String.join(",", all.subList(0, Math.min(SHOWN, all.size())));
        return all.size() > SHOWN ? shown + " + " + (all.size() - SHOWN) + " more..." : shown;
    }
}
