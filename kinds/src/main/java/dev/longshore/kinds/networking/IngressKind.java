package dev.longshore.kinds.networking;

import dev.longshore.kinds.kit.Addresses;
import dev.longshore.kinds.kit.Columns;
import dev.longshore.kinds.kit.KindBuilder;
import dev.longshore.kinds.kit.KindsContext;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.Resource;
import dev.longshore.model.ResourceDefinition;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/// HTTP routes from outside to services.
final class IngressKind {

    private static final int SHOWN = 3;

    private IngressKind() {}

    static ResourceDefinition definition(KindsContext context) {
        return KindBuilder.kind(context, "networking.k8s.io/v1", "Ingress", "ingresses")
                .shortNames("ing")
                .prefix("ingress")
                .status()
                .table(Columns.named()
                        .text("Class", "Who serves it.", IngressKind::ingressClass)
                        .text("Hosts", "Which hosts it is for.", IngressKind::hosts)
                        .text("Address", "Where it is reached.", IngressKind::address)
                        .text(
                                "Ports",
                                "On which ports.",
                                ingress -> ingress.at("spec", "tls").isEmpty() ? "80" : "80, 443")
                        .age()
                        .table())
                .checks(IngressChecks::check)
                .newChecks(IngressChecks::checkNew)
                .statusChecks(IngressChecks::status)
                .warnings(IngressKind::warnings)
                .build();
    }

    private static List<String> warnings(Resource ingress) {
        return ingress.annotations().containsKey("kubernetes.io/ingress.class")
                ? List.of("annotation \"kubernetes.io/ingress.class\" is deprecated, please use"
                        + " 'spec.ingressClassName' instead")
                : List.of();
    }

    private static String ingressClass(Resource ingress) {
        String name = ingress.text("spec", "ingressClassName");
        return name.isEmpty() ? "<none>" : name;
    }

    private static String hosts(Resource ingress) {
        var hosts = new ArrayList<String>();
        List<ObjectNode> rules = Trees.list(ingress.tree(), "spec", "rules");
        boolean hasMore = false;
        for (ObjectNode rule : rules) {
            hasMore |= hosts.size() == SHOWN;
            String host = Trees.text(rule, "host");
            if (!hasMore && !host.isEmpty()) {
                hosts.add(host);
            }
        }
        if (hosts.isEmpty()) {
            return "*";
        }
        String shown = String.join(",", hosts);
        return hasMore ? shown + " + " + (rules.size() - SHOWN) + " more..." : shown;
    }

    private static String address(Resource ingress) {
        return String.join(",", Addresses.ofBalancer(ingress));
    }
}
