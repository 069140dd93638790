package dev.longshore.kinds.pods;

import dev.longshore.kinds.kit.FeatureGates;
import dev.longshore.kinds.kit.Trees;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;
import tools.jackson.databind.node.ObjectNode;

/// Fields of pods behind gates that Kubernetes 1.36 has closed: they are taken out of what is written, without a
/// word, unless what is stored has them already.
public final class GatedFields {

    private static final Map<String, String> PROJECTIONS =
            Map.of("clusterTrustBundle", FeatureGates.TRUST_BUNDLES, "podCertificate", FeatureGates.POD_CERTIFICATES);

    private GatedFields() {}

    /// For kinds with a pod template at `path`; the old object may be missing.
    public static BiConsumer<ObjectNode, JsonNode> ofTemplate(FeatureGates gates, String... path) {
        return (object, old) -> {
            if (Trees.at(object, path).path("spec") instanceof ObjectNode spec) {
                drop(gates, spec, Trees.at(old, path).path("spec"));
            }
        };
    }

    /// For a new pod's spec.
    static void drop(FeatureGates gates, ObjectNode spec) {
        drop(gates, spec, MissingNode.getInstance());
    }

    /// For a spec that follows upon `old`.
    static void drop(FeatureGates gates, ObjectNode spec, JsonNode old) {
        PROJECTIONS.forEach((projection, gate) -> {
            if (!gates.isOpen(gate) && sources(old).stream().noneMatch(source -> Trees.has(source, projection))) {
                sources(spec).forEach(source -> source.remove(projection));
            }
        });
        // GenericWorkload.
        if (!Trees.has(old, "schedulingGroup")) {
            spec.remove("schedulingGroup");
        }
        // ContainerStopSignals.
        if (containers(old).stream().noneMatch(container -> Trees.has(container, "lifecycle", "stopSignal"))) {
            containers(spec).forEach(GatedFields::dropSignal);
        }
    }

    private static List<ObjectNode> sources(JsonNode spec) {
        return Trees.list(spec, "volumes").stream()
                .flatMap(volume -> Trees.list(volume, "projected", "sources").stream())
                .toList();
    }

    private static List<ObjectNode> containers(JsonNode spec) {
        return PodLists.ALL.stream()
                .flatMap(list -> Trees.list(spec, list).stream())
                .toList();
    }

    private static void dropSignal(ObjectNode container) {
        if (container.get("lifecycle") instanceof ObjectNode lifecycle && lifecycle.has("stopSignal")) {
            lifecycle.remove("stopSignal");
            if (lifecycle.isEmpty()) {
                container.remove("lifecycle");
            }
        }
    }

    /// For a status that follows upon `old`.
    static void dropOfStatus(ObjectNode status, JsonNode old) {
        // DRANodeAllocatableResources.
        if (old.path("nodeAllocatableResourceClaimStatuses").isEmpty()) {
            status.remove("nodeAllocatableResourceClaimStatuses");
        }
        // ImageVolumeWithDigest.
        if (mounts(old).stream().noneMatch(mount -> Trees.has(mount, "volumeStatus"))) {
            mounts(status).forEach(mount -> mount.remove("volumeStatus"));
        }
    }

    private static List<ObjectNode> mounts(JsonNode status) {
        return List.of("containerStatuses", "initContainerStatuses", "ephemeralContainerStatuses").stream()
                .flatMap(list -> Trees.list(status, list).stream())
                .flatMap(container -> Trees.list(container, "volumeMounts").stream())
                .toList();
    }
}
