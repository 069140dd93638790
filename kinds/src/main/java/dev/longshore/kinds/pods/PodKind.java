package dev.longshore.kinds.pods;

import dev.longshore.kinds.kit.KindBuilder;
import dev.longshore.kinds.kit.KindsContext;
import dev.longshore.model.FieldPath;
import dev.longshore.model.ResourceDefinition;
import dev.longshore.model.Subresource;

/// Containers that live and die together on one node.
public final class PodKind {

    private static final String[] ANY_METHOD = {"create", "delete", "get", "patch", "update"};

    private PodKind() {}

    /// The definition.
    public static ResourceDefinition definition(KindsContext context) {
        return KindBuilder.kind(context, "v1", "Pod", "pods")
                .showsDeleted()
                .shortNames("po")
                .categories("all")
                .status()
                .part("ephemeralcontainers", new PodParts.Ephemeral(context.gates()), "get", "patch", "update")
                .part("resize", new PodParts.Resize(), "get", "patch", "update")
                .action("binding", "v1", "Binding", new BindingAction(context.time()), "create")
                .action("eviction", "policy/v1", "Eviction", new EvictionAction(context.time()), "create")
                .action("log", "v1", "Pod", PodConnect.LOG, "get")
                .conversation(Subresource.Answer.TEXT, PodQueries.LOG)
                .action("exec", "v1", "PodExecOptions", PodConnect.EXEC, "create", "get")
                .conversation(Subresource.Answer.STREAM, PodQueries.EXEC)
                .action("attach", "v1", "PodAttachOptions", PodConnect.ATTACH, "create", "get")
                .conversation(Subresource.Answer.STREAM, PodQueries.ATTACH)
                .action("portforward", "v1", "PodPortForwardOptions", PodConnect.PORT_FORWARD, "create", "get")
                .conversation(Subresource.Answer.STREAM, PodQueries.PORT_FORWARD)
                .action("proxy", "v1", "PodProxyOptions", new PodProxy(), ANY_METHOD)
                .conversation(Subresource.Answer.PROXY, PodQueries.PROXY)
                .indexedField("spec.nodeName")
                .field("spec.restartPolicy")
                .field("spec.schedulerName")
                .field("spec.serviceAccountName")
                .field(
                        "spec.hostNetwork",
                        pod -> Boolean.toString(pod.at("spec", "hostNetwork").asBoolean(false)))
                .field("status.phase")
                .field("status.podIP")
                // Accepted, but no pod has a value there.
                .field("status.podIPs", pod -> "")
                // What old clients call spec.nodeName.
                .field("spec.host", FieldPath.of("spec.nodeName"))
                .field("status.nominatedNodeName")
                .table(PodTable.table())
                .strategy(new PodStrategy(context.gates()))
                .build();
    }
}
