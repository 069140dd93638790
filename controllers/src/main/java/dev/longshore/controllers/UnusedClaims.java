package dev.longshore.controllers;

import dev.longshore.client.Informers;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.resource.v1.ResourceClaim;
import io.fabric8.kubernetes.api.model.resource.v1.ResourceClaimBuilder;
import io.fabric8.kubernetes.api.model.resource.v1.ResourceClaimConsumerReference;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.List;
import java.util.Optional;

/// Takes back what pods leave: a reservation when its pod has ended or is gone, the devices with the last
/// reservation, and a claim that was made for a pod that will not run again.
final class UnusedClaims {

    /// Keeps a claim that has devices from going before they are given back.
    private static final String FINALIZER = "resource.kubernetes.io/delete-protection";

    private final Informers informers;
    private final KubernetesClient client;

    UnusedClaims(Informers informers, KubernetesClient client) {
        this.informers = informers;
        this.client = client;
    }

    /// True when none of its containers runs, nor ever will.
    static boolean isDone(Pod pod) {
        String phase = pod.getStatus() == null ? "" : pod.getStatus().getPhase();
        boolean isPlaced = pod.getSpec().getNodeName() != null
                && !pod.getSpec().getNodeName().isEmpty();
        return "Succeeded".equals(phase) || "Failed".equals(phase) || Keys.isBeingDeleted(pod) && !isPlaced;
    }

    void look(ResourceClaim claim) {
        List<ResourceClaimConsumerReference> before =
                claim.getStatus() == null ? List.of() : claim.getStatus().getReservedFor();
        List<ResourceClaimConsumerReference> left =
                before.stream().filter(consumer -> isUsing(claim, consumer)).toList();
        if (left.size() < before.size()) {
            release(claim, left);
        } else if (left.isEmpty() && Keys.isBeingDeleted(claim) && isProtected(claim)) {
            boolean isAllocated = claim.getStatus() != null && claim.getStatus().getAllocation() != null;
            unprotect(isAllocated ? deallocated(claim, left) : claim);
        }
        if (left.isEmpty() && isOfDone(claim)) {
            client.resource(claim).delete();
        }
    }

    private void release(ResourceClaim claim, List<ResourceClaimConsumerReference> left) {
        ResourceClaim present = deallocated(claim, left);
        if (isProtected(present) && present.getStatus().getAllocation() == null) {
            unprotect(present);
        }
    }

    /// Written with the version that was read: who reserves it just now wins.
    private ResourceClaim deallocated(ResourceClaim claim, List<ResourceClaimConsumerReference> left) {
        var changed = new ResourceClaimBuilder(claim).editStatus().withReservedFor(left);
        if (left.isEmpty() && isProtected(claim)) {
            changed.withAllocation(null);
        }
        return client.resource(changed.endStatus().build()).updateStatus();
    }

    private void unprotect(ResourceClaim claim) {
        client.resource(new ResourceClaimBuilder(claim)
                        .editMetadata()
                        .removeFromFinalizers(FINALIZER)
                        .endMetadata()
                        .build())
                .update();
    }

    private static boolean isProtected(ResourceClaim claim) {
        return claim.getMetadata().getFinalizers().contains(FINALIZER);
    }

    private boolean isUsing(ResourceClaim claim, ResourceClaimConsumerReference consumer) {
        boolean isPod =
                (consumer.getApiGroup() == null || consumer.getApiGroup().isEmpty())
                        && "pods".equals(consumer.getResource());
        if (!isPod) {
            return true;
        }
        String key = claim.getMetadata().getNamespace() + "/" + consumer.getName();
        // A pod that is not heard of may be new: the server knows.
        Optional<Pod> pod = informers
                .find(Pod.class, key)
                .or(() -> Optional.ofNullable(client.pods()
                        .inNamespace(claim.getMetadata().getNamespace())
                        .withName(consumer.getName())
                        .get()));
        return pod.filter(found -> found.getMetadata().getUid().equals(consumer.getUid()))
                .filter(found -> !isDone(found))
                .isPresent();
    }

    private boolean isOfDone(ResourceClaim claim) {
        Optional<OwnerReference> owner =
                Keys.controller(claim).filter(reference -> reference.getKind().equals("Pod"));
        // Where the pod is gone the garbage collector does it.
        return owner.flatMap(reference -> informers.find(
                                Pod.class, claim.getMetadata().getNamespace() + "/" + reference.getName()))
                        .filter(pod -> isDone(pod)
                                || !pod.getMetadata()
                                        .getUid()
                                        .equals(owner.get().getUid()))
                        .isPresent()
                && !Keys.isBeingDeleted(claim);
    }
}
