package dev.longshore.scheduler.devices;

import dev.longshore.scheduler.framework.ContainerNeed;
import dev.longshore.scheduler.framework.NodeView;
import dev.longshore.scheduler.framework.PodView;
import io.fabric8.kubernetes.api.model.resource.v1.DeviceClass;
import io.fabric8.kubernetes.api.model.resource.v1.ResourceClaim;
import io.fabric8.kubernetes.api.model.resource.v1.ResourceClaimBuilder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// Resources that pods ask for by name, as of device plugins, and that a driver of devices has to give on nodes where
/// no plugin does: a class says for which name it stands. The scheduler makes one claim for all of them, in the
/// pod's name.
final class ExtendedClaims {

    /// Marks claims that are made here.
    static final String ANNOTATION = "resource.kubernetes.io/extended-resource-claim";

    /// The name of a claim that has yet to be made: none that a claim could have.
    static final String UNMADE = "<extended-resources>";

    private final DeviceFacts facts;

    ExtendedClaims(DeviceFacts facts) {
        this.facts = facts;
    }

    /// The class that stands for `resource`: of several the newest.
    static Optional<DeviceClass> deviceClass(DeviceFacts facts, String resource) {
        if (resource.startsWith(ContainerNeed.CLASS_PREFIX)) {
            return facts.deviceClass(resource.substring(ContainerNeed.CLASS_PREFIX.length()));
        }
        return facts.deviceClasses().stream()
                .filter(type -> resource.equals(type.getSpec().getExtendedResourceName()))
                .max(Comparator.comparing((DeviceClass type) -> created(type))
                        .thenComparing(type -> type.getMetadata().getName(), Comparator.reverseOrder()));
    }

    private static String created(DeviceClass type) {
        String created = type.getMetadata().getCreationTimestamp();
        return created == null ? "" : created;
    }

    /// Whether a driver has to give `resource` on `node`.
    static boolean isFor(DeviceFacts facts, String resource, NodeView node) {
        return ContainerNeed.isDeviceName(resource)
                && node.allocatable().getOrDefault(resource, 0L) == 0
                && deviceClass(facts, resource).isPresent();
    }

    /// Whether some class stands for something that `pod` asks for.
    boolean concern(PodView pod) {
        return !pod.needs().isEmpty()
                && pod.requests().entrySet().stream()
                        .anyMatch(entry -> entry.getValue() > 0
                                && ContainerNeed.isDeviceName(entry.getKey())
                                && deviceClass(facts, entry.getKey()).isPresent());
    }

    /// The claim that an earlier attempt made for `pod`.
    Optional<ResourceClaim> made(PodView pod) {
        return facts.claims().stream()
                .filter(claim -> claim.getMetadata().getNamespace().equals(pod.namespace())
                        && claim.getMetadata().getAnnotations() != null
                        && "true".equals(claim.getMetadata().getAnnotations().get(ANNOTATION))
                        && claim.getMetadata().getOwnerReferences().stream()
                                .anyMatch(owner -> pod.uid().equals(owner.getUid())))
                .findFirst();
    }

    /// The claim that `pod` needs on `node`, if it needs one.
    Optional<ExtendedRequests.Drafted> draft(PodView pod, NodeView node) {
        SortedMap<String, String> classes = new TreeMap<>();
        for (Map.Entry<String, Long> wanted : pod.requests().entrySet()) {
            if (wanted.getValue() > 0 && isFor(facts, wanted.getKey(), node)) {
                deviceClass(facts, wanted.getKey())
                        .ifPresent(type ->
                                classes.put(wanted.getKey(), type.getMetadata().getName()));
            }
        }
        if (classes.isEmpty()) {
            return Optional.empty();
        }
        ExtendedRequests requests = ExtendedRequests.of(pod.needs(), classes);
        ResourceClaim claim = new ResourceClaimBuilder()
                .withNewMetadata()
                .withNamespace(pod.namespace())
                .withName(UNMADE)
                .withUid(UNMADE + pod.uid())
                .withGenerateName(pod.name() + "-extended-resources-")
                .addToAnnotations(ANNOTATION, "true")
                .addNewOwnerReference()
                .withApiVersion("v1")
                .withKind("Pod")
                .withName(pod.name())
                .withUid(pod.uid())
                .withController(true)
                .endOwnerReference()
                .endMetadata()
                .withNewSpec()
                .withNewDevices()
                .withRequests(new ArrayList<>(requests.requests()))
                .endDevices()
                .endSpec()
                .build();
        return Optional.of(new ExtendedRequests.Drafted(claim, List.copyOf(requests.mappings())));
    }
}
