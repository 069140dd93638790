package dev.longshore.kinds.core;

import dev.longshore.kinds.kit.Columns;
import dev.longshore.kinds.kit.KindBuilder;
import dev.longshore.kinds.kit.KindsContext;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.kinds.pods.NodeProxy;
import dev.longshore.model.Resource;
import dev.longshore.model.ResourceDefinition;
import dev.longshore.model.Subresource;
import java.util.List;
import java.util.TreeSet;
import tools.jackson.databind.node.ObjectNode;

/// A machine that runs pods.
final class NodeKind {

    private static final String NONE = "<none>";
    private static final Subresource.Parameter PROXY_PATH =
            new Subresource.Parameter("path", "string", "The path at the node's kubelet.");
    private static final String ROLE_PREFIX = "node-role.kubernetes.io/";

    private NodeKind() {}

    static ResourceDefinition definition(KindsContext context) {
        return KindBuilder.kind(context, "v1", "Node", "nodes")
                .clusterScoped()
                .shortNames("no")
                .prefix("minions")
                .status()
                .keepsInitialStatus()
                .noGeneration()
                .action(
                        "proxy",
                        "v1",
                        "NodeProxyOptions",
                        new NodeProxy(),
                        "create",
                        "delete",
                        "get",
                        "patch",
                        "update")
                .conversation(Subresource.Answer.PROXY, List.of(PROXY_PATH))
                .field("spec.unschedulable", "false")
                .table(Columns.named()
                        .text("Status", "Whether it runs and takes pods.", NodeKind::status)
                        .text("Roles", "What it is for.", NodeKind::roles)
                        .age()
                        .text("Version", "Of its kubelet.", node -> node.text("status", "nodeInfo", "kubeletVersion"))
                        .wide("Internal-IP", "Its address in the cluster.", node -> address(node, "InternalIP"))
                        .wide("External-IP", "Its address outside.", node -> address(node, "ExternalIP"))
                        .wide("OS-Image", "Its operating system.", node -> info(node, "osImage"))
                        .wide("Kernel-Version", "Its kernel.", node -> info(node, "kernelVersion"))
                        .wide(
                                "Container-Runtime",
                                "What runs its containers.",
                                node -> info(node, "containerRuntimeVersion"))
                        .table())
                .defaults(NodeKind::defaults)
                .prepares(NodeChecks::dropSource)
                .checks(NodeChecks::every)
                .changeChecks(NodeChecks::changed)
                .statusChecks(NodeChecks::changed)
                .warnings(NodeChecks::warnings)
                .build();
    }

    private static void defaults(ObjectNode node) {
        Trees.object(node, "spec").ifPresent(NodeKind::blocks);
        Trees.object(node, "status").ifPresent(status -> {
            if (!Trees.has(status, "allocatable") && Trees.has(status, "capacity")) {
                status.set("allocatable", status.path("capacity").deepCopy());
            }
        });
    }

    /// The first block of addresses is also kept by itself.
    private static void blocks(ObjectNode spec) {
        String single = Trees.text(spec, "podCIDR");
        String first = spec.path("podCIDRs").path(0).asString("");
        if (single.isEmpty() && !first.isEmpty()) {
            spec.put("podCIDR", first);
        } else if (!single.equals(first)) {
            spec.putArray("podCIDRs").add(single);
        }
    }

    private static String status(Resource node) {
        String ready = Trees.list(node.tree(), "status", "conditions").stream()
                .filter(condition -> Trees.text(condition, "type").equals("Ready"))
                .findFirst()
                .map(condition -> Trees.text(condition, "status").equals("True") ? "Ready" : "NotReady")
                .orElse("Unknown");
        return Trees.flag(node.tree(), "spec", "unschedulable") ? ready + ",SchedulingDisabled" : ready;
    }

    private static String roles(Resource node) {
        var roles = new TreeSet<String>();
        node.labels().forEach((key, value) -> {
            if (key.startsWith(ROLE_PREFIX) && key.length() > ROLE_PREFIX.length()) {
                roles.add(key.substring(ROLE_PREFIX.length()));
            } else if (key.equals("kubernetes.io/role") && !value.isEmpty()) {
                roles.add(value);
            }
        });
        return roles.isEmpty() ? NONE : String.join(",", roles);
    }

    private static String address(Resource node, String type) {
        return Trees.list(node.tree(), "status", "addresses").stream()
                .filter(address -> Trees.text(address, "type").equals(type))
                .map(address -> Trees.text(address, "address"))
                .findFirst()
                .orElse(NONE);
    }

    private static String info(Resource node, String field) {
        String text = node.text("status", "nodeInfo", field);
        return text.isEmpty() ? "<unknown>" : text;
    }
}
