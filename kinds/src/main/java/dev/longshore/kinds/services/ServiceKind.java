package dev.longshore.kinds.services;

import dev.longshore.kinds.kit.Addresses;
import dev.longshore.kinds.kit.Columns;
import dev.longshore.kinds.kit.KindBuilder;
import dev.longshore.kinds.kit.KindsContext;
import dev.longshore.kinds.kit.Selectors;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.Resource;
import dev.longshore.model.ResourceDefinition;
import dev.longshore.model.Subresource;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/// A name and an address for a set of pods.
public final class ServiceKind {

    private static final String NONE = "<none>";
    private static final Subresource.Parameter PROXY_PATH =
            new Subresource.Parameter("path", "string", "The path at the service, such as `/healthz`.");

    private ServiceKind() {}

    /// The definition.
    public static ResourceDefinition definition(KindsContext context) {
        return KindBuilder.kind(context, "v1", "Service", "services")
                .showsDeleted()
                .shortNames("svc")
                .categories("all")
                .prefix("services/specs")
                .status()
                .action(
                        "proxy",
                        "v1",
                        "ServiceProxyOptions",
                        new ServiceProxy(context.random()),
                        "create",
                        "delete",
                        "get",
                        "patch",
                        "update")
                .conversation(Subresource.Answer.PROXY, List.of(PROXY_PATH))
                .field("spec.clusterIP")
                .field("spec.type")
                .table(Columns.named()
                        .text("Type", "How it is reached.", service -> service.text("spec", "type"))
                        .text("Cluster-IP", "Its address in the cluster.", ServiceKind::address)
                        .text("External-IP", "Its address outside.", ServiceKind::external)
                        .text("Port(s)", "Its ports.", ServiceKind::ports)
                        .age()
                        .wide(
                                "Selector",
                                "Which pods stand behind it.",
                                service -> Selectors.shownLabels(service.texts("spec", "selector")))
                        .table())
                .strategy(new ServiceStrategy(new ServiceStocks(context)))
                .build();
    }

    private static String address(Resource service) {
        List<String> addresses = Trees.strings(service.tree(), "spec", "clusterIPs");
        return addresses.isEmpty() ? NONE : addresses.getFirst();
    }

    private static String external(Resource service) {
        var addresses = new ArrayList<String>();
        String type = service.text("spec", "type");
        if (type.equals("ExternalName")) {
            return service.text("spec", "externalName");
        }
        if (type.equals("LoadBalancer")) {
            addresses.addAll(Addresses.ofBalancer(service));
        }
        addresses.addAll(Trees.strings(service.tree(), "spec", "externalIPs"));
        if (addresses.isEmpty()) {
            return type.equals("LoadBalancer") ? "<pending>" : NONE;
        }
        return String.join(",", addresses);
    }

    private static String ports(Resource service) {
        var shown = new ArrayList<String>();
        for (ObjectNode port : Trees.list(service.tree(), "spec", "ports")) {
            long node = Trees.number(port, 0, "nodePort");
            String number = Long.toString(Trees.number(port, 0, "port"));
            shown.add((node > 0 ? number + ":" + node : number) + "/" + Trees.text(port, "protocol"));
        }
        return shown.isEmpty() ? NONE : String.join(",", shown);
    }
}
