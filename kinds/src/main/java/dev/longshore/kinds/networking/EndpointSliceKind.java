package dev.longshore.kinds.networking;

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

/// Where a service leads: a part of its endpoints.
final class EndpointSliceKind {

    private static final int SHOWN = 3;

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
                .checks(EndpointSliceChecks::check)
                .warnings(EndpointSliceChecks::warnings)
                .changeChecks((checks, slice, old) -> checks.unchanged("addressType", slice, old, "addressType"))
                .build();
    }

    private static String ports(Resource slice) {
        var ports = new ArrayList<String>();
        for (ObjectNode port : Trees.list(slice.tree(), "ports")) {
            String name = Trees.has(port, "name") ? Trees.text(port, "name") : "*";
            ports.add(Trees.has(port, "port") ? Long.toString(Trees.number(port, 0, "port")) : name);
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
