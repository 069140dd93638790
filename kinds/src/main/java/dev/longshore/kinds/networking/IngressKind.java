package dev.longshore.kinds.networking;

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
        String old = ingress.annotations().getOrDefault("kubernetes.io/ingress.class", "");
        if (!name.isEmpty()) {
            return name;
        }
        return old.isEmpty() ? "<none>" : old;
    }

    private static String hosts(Resource ingress) {
        var hosts = new ArrayList<String>();
        for (ObjectNode rule : Trees.list(ingress.tree(), "spec", "rules")) {
            String host = Trees.text(rule, "host");
            hosts.add(host.isEmpty() ? "*" : host);
        }
        if (hosts.isEmpty()) {
            return "*";
        }
        String shown = String.join(",", hosts.subList(0, Math.min(SHOWN, hosts.size())));
        return hosts.size() > SHOWN ? shown + " + " + (hosts.size() - SHOWN) + " more..." : shown;
    }

    private static String address(Resource ingress) {
        return String.join(
                ",",
                Trees.list(ingress.tree(), "status", "loadBalancer", "ingress").stream()
                        .map(one ->
                                Trees.text(one, "ip").isEmpty() ? Trees.text(one, "hostname") : Trees.text(one, "ip"))
                        .toList());
    }
}
