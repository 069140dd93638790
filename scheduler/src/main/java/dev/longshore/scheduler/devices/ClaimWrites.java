package dev.longshore.scheduler.devices;

import dev.longshore.base.Json;
import dev.longshore.base.Time;
import dev.longshore.client.Patches;
import dev.longshore.scheduler.framework.PodView;
import dev.longshore.scheduler.framework.PreparationException;
import io.fabric8.kubernetes.api.model.ContainerExtendedResourceRequest;
import io.fabric8.kubernetes.api.model.resource.v1.ResourceClaim;
import io.fabric8.kubernetes.api.model.resource.v1.ResourceClaimBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What is written of claims for a pod: made, given devices, reserved, and all of that undone. A claim that somebody
/// else has written meanwhile is read again, a few times. Thread-safe.
record ClaimWrites(KubernetesClient client, Time time) {

    /// Keeps a claim that has devices from going before they are given back.
    private static final String FINALIZER = "resource.kubernetes.io/delete-protection";

    private static final int CONFLICT = 409;
    private static final int NOT_FOUND = 404;
    private static final int MOST_TRIES = 5;

    /// The claim that was drafted.
    ResourceClaim make(ResourceClaim draft) {
        return client.resource(new ResourceClaimBuilder(draft)
                        .editMetadata()
                        .withName(null)
                        .withUid(null)
                        .endMetadata()
                        .withStatus(null)
                        .build())
                .create();
    }

    /// `claim` with what was planned for it, reserved for `pod`.
    ResourceClaim reserve(PodView pod, ResourceClaim claim, PodDevices.Plan plan) {
        ResourceClaim present = claim;
        for (int attempt = 1; ; attempt++) {
            try {
                return reserveOnce(pod, present, plan);
            } catch (KubernetesClientException refused) {
                if (refused.getCode() != CONFLICT || attempt == MOST_TRIES) {
                    throw refused;
                }
                present = Optional.ofNullable(client.resource(claim).get())
                        .orElseThrow(() -> new PreparationException("claim %s got deleted in the meantime"
                                .formatted(claim.getMetadata().getName())));
            }
        }
    }

    private ResourceClaim reserveOnce(PodView pod, ResourceClaim present, PodDevices.Plan plan) {
        ResourceClaim claim = present;
        String name =
                claim.getMetadata().getNamespace() + "/" + claim.getMetadata().getName();
        if (claim.getMetadata().getDeletionTimestamp() != null) {
            throw new PreparationException("claim %s got deleted in the meantime".formatted(name));
        }
        boolean isAllocated = claim.getStatus() != null && claim.getStatus().getAllocation() != null;
        if (plan.allocation().isPresent()) {
            if (isAllocated) {
                throw new PreparationException("claim %s got allocated elsewhere in the meantime".formatted(name));
            }
            if (!claim.getMetadata().getFinalizers().contains(FINALIZER)) {
                claim = client.resource(new ResourceClaimBuilder(claim)
                                .editMetadata()
                                .addToFinalizers(FINALIZER)
                                .endMetadata()
                                .build())
                        .update();
            }
        } else if (!isAllocated) {
            throw new PreparationException("claim %s got deallocated elsewhere in the meantime".formatted(name));
        }
        return client.resource(reserved(pod, claim, plan)).updateStatus();
    }

    private ResourceClaim reserved(PodView pod, ResourceClaim claim, PodDevices.Plan plan) {
        var builder = new ResourceClaimBuilder(claim)
                .editOrNewStatus()
                .addNewReservedFor()
                .withResource("pods")
                .withName(pod.name())
                .withUid(pod.uid())
                .endReservedFor();
        plan.allocation().ifPresent(builder::withAllocation);
        if (plan.allocation().isPresent() || claim.getStatus().getAllocation().getAllocationTimestamp() == null) {
            builder.editAllocation()
                    .withAllocationTimestamp(DateTimeFormatter.ISO_INSTANT.format(
                            time.now().truncatedTo(ChronoUnit.SECONDS).atOffset(ZoneOffset.UTC)))
                    .endAllocation();
        }
        return builder.endStatus().build();
    }

    /// Takes `pod` from those for whom `claim` is reserved.
    void unreserve(PodView pod, ResourceClaim claim) {
        ObjectNode patch = Json.object();
        patch.putObject("metadata").put("uid", claim.getMetadata().getUid());
        patch.putObject("status")
                .putArray("reservedFor")
                .addObject()
                .put("$patch", "delete")
                .put("uid", pod.uid());
        Patches.strategicMerge(
                client,
                "/apis/resource.k8s.io/v1/namespaces/%s/resourceclaims/%s/status"
                        .formatted(
                                claim.getMetadata().getNamespace(),
                                claim.getMetadata().getName()),
                patch);
    }

    /// Gives back the devices of `claim`, as it was read, and whom it is reserved for.
    void deallocate(ResourceClaim claim) {
        client.resource(new ResourceClaimBuilder(claim)
                        .editStatus()
                        .withReservedFor(List.of())
                        .withAllocation(null)
                        .withDevices(List.of())
                        .endStatus()
                        .build())
                .updateStatus();
    }

    /// Deletes `claim` with its devices; one that is gone is as good.
    void delete(ResourceClaim claim) {
        try {
            client.resources(ResourceClaim.class)
                    .inNamespace(claim.getMetadata().getNamespace())
                    .withName(claim.getMetadata().getName())
                    .edit(present -> new ResourceClaimBuilder(present)
                            .editMetadata()
                            .removeFromFinalizers(FINALIZER)
                            .endMetadata()
                            .build());
        } catch (KubernetesClientException refused) {
            if (refused.getCode() != NOT_FOUND) {
                throw refused;
            }
        }
        client.resource(claim).delete();
    }

    /// Tells `pod` which requests of `claim` are for whom.
    void tell(PodView pod, ResourceClaim claim, List<ContainerExtendedResourceRequest> mappings) {
        ObjectNode patch = Json.object();
        patch.putObject("metadata").put("uid", pod.uid());
        ObjectNode told = patch.putObject("status").putObject("extendedResourceClaimStatus");
        told.put("resourceClaimName", claim.getMetadata().getName());
        ArrayNode list = told.putArray("requestMappings");
        mappings.forEach(mapping -> list.addObject()
                .put("containerName", mapping.getContainerName())
                .put("resourceName", mapping.getResourceName())
                .put("requestName", mapping.getRequestName()));
        Patches.strategicMerge(
                client, "/api/v1/namespaces/%s/pods/%s/status".formatted(pod.namespace(), pod.name()), patch);
    }
}
