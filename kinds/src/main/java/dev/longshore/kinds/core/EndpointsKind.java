package dev.longshore.kinds.core;

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
                .createdByPut()
                .table(Columns.named()
                        .text("Endpoints", "Addresses and ports.", EndpointsKind::shown)
                        .age()
                        .table())
                .defaults(object -> {
                    for (ObjectNode subset : Trees.list(object, "subsets")) {
                        Trees.list(subset, "ports").forEach(port -> Defaults.put(port, "protocol", "TCP"));
                    }
                })
                .newChecks(EndpointsChecks::check)
                .changeChecks(EndpointsChecks::change)
                .warnings(EndpointsChecks::warnings)
                .build();
    }

    private static String shown(Resource object) {
        var all = new ArrayList<String>();
        for (ObjectNode subset : Trees.list(object.tree(), "subsets")) {
            List<ObjectNode> ports = Trees.list(subset, "ports");
            List<String> addresses = Trees.list(subset, "addresses").stream()
                    .map(address -> Trees.text(address, "ip"))
                    .toList();
            if (ports.isEmpty()) {
                all.addAll(addresses);
            }
            for (ObjectNode port : ports) {
                for (String ip : addresses) {
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
