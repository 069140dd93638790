package dev.longshore.kinds.pods;

import dev.longshore.kinds.kit.Trees;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What a kubelet may be able to do and another not, as far as Kubernetes 1.36 keeps pods from nodes for it. A node
/// says it in `status.declaredFeatures`.
public enum NodeFeature {
    /// WebSockets are spoken with the API server.
    EXTENDED_WEB_SOCKETS("ExtendWebSocketsToKubelet"),
    /// `spec.resources` of pods may change while they run.
    POD_LEVEL_RESIZE("InPlacePodLevelResourcesVerticalScaling"),
    /// So may the resources of init containers that end.
    INIT_CONTAINER_RESIZE("InPlacePodVerticalScalingInitContainers"),
    /// The end of one container may let all of its pod begin anew.
    RESTART_OF_ALL_CONTAINERS("RestartAllContainersOnContainerExits"),
    /// Pods in the host's network may have users of their own.
    OWN_USERS_IN_HOST_NETWORK("UserNamespacesHostNetworkSupport");

    /// What Longshore's kubelet can do: all that is on in 1.36.
    public static final Set<NodeFeature> OURS =
            Set.of(EXTENDED_WEB_SOCKETS, POD_LEVEL_RESIZE, INIT_CONTAINER_RESIZE, RESTART_OF_ALL_CONTAINERS);

    private final String wire;

    NodeFeature(String wire) {
        this.wire = wire;
    }

    /// Their names, sorted, as nodes declare them.
    public static List<String> names(Collection<NodeFeature> features) {
        return features.stream().map(feature -> feature.wire).sorted().toList();
    }

    /// Those of `names` that are known.
    public static Set<NodeFeature> known(Collection<String> names) {
        return Stream.of(values())
                .filter(feature -> names.contains(feature.wire))
                .collect(Collectors.toCollection(() -> EnumSet.noneOf(NodeFeature.class)));
    }

    /// What the node of a pod must be able to do.
    ///
    /// @param mayRestartAll some rule of its containers restarts all of them
    /// @param hasOwnUsersInHostNetwork it is in the host's network and has users of its own
    public static Set<NodeFeature> neededBy(boolean mayRestartAll, boolean hasOwnUsersInHostNetwork) {
        Set<NodeFeature> needed = EnumSet.noneOf(NodeFeature.class);
        if (mayRestartAll) {
            needed.add(RESTART_OF_ALL_CONTAINERS);
        }
        if (hasOwnUsersInHostNetwork) {
            needed.add(OWN_USERS_IN_HOST_NETWORK);
        }
        return Set.copyOf(needed);
    }

    /// What a node must be able to do for the spec of a pod there to become `now`.
    public static Set<NodeFeature> neededToChange(JsonNode before, JsonNode now) {
        Set<NodeFeature> needed = EnumSet.noneOf(NodeFeature.class);
        if (differ(before, now)) {
            needed.add(POD_LEVEL_RESIZE);
        }
        List<ObjectNode> past = Trees.list(before, "initContainers");
        List<ObjectNode> present = Trees.list(now, "initContainers");
        for (int i = 0; i < Math.min(past.size(), present.size()); i++) {
            boolean isSidecar = Trees.text(past.get(i), "restartPolicy").equals("Always");
            if (!isSidecar && differ(past.get(i), present.get(i))) {
                needed.add(INIT_CONTAINER_RESIZE);
            }
        }
        return Set.copyOf(needed);
    }

    private static boolean differ(JsonNode before, JsonNode now) {
        return !Trees.pruned(before.path("resources")).equals(Trees.pruned(now.path("resources")));
    }

    /// The names of those of `needed` that are not among `offered`, sorted.
    public static List<String> missing(Set<NodeFeature> needed, Set<NodeFeature> offered) {
        return names(
                needed.stream().filter(feature -> !offered.contains(feature)).toList());
    }
}
