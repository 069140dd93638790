package dev.longshore.kinds.pods;

import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.ConnectTarget;
import dev.longshore.model.Fault;
import dev.longshore.model.FaultException;
import dev.longshore.model.GroupResource;
import dev.longshore.model.Registry;
import dev.longshore.model.Resource;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/// Where the kubelets are.
final class NodeTargets {

    static final GroupResource NODES = new GroupResource("", "nodes");

    private static final int KUBELET_PORT = 10250;

    private NodeTargets() {}

    /// The kubelet of the node called `name`, at `path`.
    static ConnectTarget kubelet(Registry registry, String name, String path, Map<String, List<String>> query) {
        Resource node =
                registry.get(NODES, "", name).orElseThrow(() -> new FaultException(new Fault.NotFound(NODES, name)));
        long port = Trees.number(node.tree(), KUBELET_PORT, "status", "daemonEndpoints", "kubeletEndpoint", "Port");
        return new ConnectTarget("https", address(node), (int) port, path, query, ConnectTarget.Trust.KUBELET);
    }

    private static String address(Resource node) {
        for (String type : List.of("InternalIP", "Hostname", "ExternalIP")) {
            for (var address : Trees.list(node.tree(), "status", "addresses")) {
                if (Trees.text(address, "type").equals(type)) {
                    return Trees.text(address, "address");
                }
            }
        }
        throw new FaultException(
                new Fault.Unavailable("no preferred addresses found; known addresses: [] of node " + node.name()));
    }

    /// One step of a path, percent-encoded.
    static String step(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
