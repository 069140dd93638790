package dev.longshore.kinds.core;

import dev.longshore.kinds.kit.Addresses;
import dev.longshore.kinds.kit.Checks;
import dev.longshore.kinds.kit.Columns;
import dev.longshore.kinds.kit.Defaults;
import dev.longshore.kinds.kit.KindBuilder;
import dev.longshore.kinds.kit.KindsContext;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.Resource;
import dev.longshore.model.ResourceDefinition;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/// Where a service leads, in the old spelling.
final class EndpointsKind {

    private static final int SHOWN = 3;

    private EndpointsKind() {}

    static ResourceDefinition definition(KindsContext context) {
        return KindBuilder.kind(context, "v1", "Endpoints", "endpoints")
                .singular("endpoints")
                .shortNames("ep")
                .prefix("services/endpoints")
                .noGeneration()
                .table(Columns.named()
                        .text("Endpoints", "Addresses and ports.", EndpointsKind::shown)
                        .age()
                        .table())
                .defaults(object -> {
                    for (ObjectNode subset : Trees.list(object, "subsets")) {
                        Trees.list(subset, "ports").forEach(port -> Defaults.put(port, "protocol", "TCP"));
                    }
                })
                .checks(EndpointsKind::check)
                .build();
    }

    private static void check(Checks checks, ObjectNode object) {
        int index = 0;
        for (ObjectNode subset : Trees.list(object, "subsets")) {
            String path = "subsets[" + index++ + "]";
            if (subset.path("addresses").isEmpty()
                    && subset.path("notReadyAddresses").isEmpty()) {
                checks.required(path, "must specify `addresses` or `notReadyAddresses`");
            }
            int address = 0;
            for (ObjectNode endpoint : Trees.list(subset, "addresses")) {
                String ip = Trees.text(endpoint, "ip");
                if (!Addresses.isAddress(ip)) {
                    checks.invalid(
                            path + ".addresses[" + address + "].ip",
                            ip,
                            "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)");
                }
                address++;
            }
            int port = 0;
            for (ObjectNode entry : Trees.list(subset, "ports")) {
                checks.port(path + ".ports[" + port++ + "].port", Trees.number(entry, 0, "port"));
            }
        }
    }

    private static String shown(Resource object) {
        var all = new ArrayList<String>();
        for (ObjectNode subset : Trees.list(object.tree(), "subsets")) {
            List<ObjectNode> ports = Trees.list(subset, "ports");
            for (ObjectNode address : Trees.list(subset, "addresses")) {
                String ip = Trees.text(address, "ip");
                if (ports.isEmpty()) {
                    all.add(ip);
                }
                for (ObjectNode port : ports) {
                    all.add((ip.contains(":") ? "[" + ip + "]" : ip) + ":" + Trees.number(port, 0, "port"));
                }
            }
        }
        if (all.isEmpty()) {
            return "<none>";
        }
        String first = String.join(",", all.subList(0, Math.min(SHOWN, all.size())));
        return all.size() > SHOWN ? first + " + " + (all.size() - SHOWN) + " more..." : first;
    }
}
