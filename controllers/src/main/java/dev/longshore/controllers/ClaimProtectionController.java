package dev.longshore.controllers;

import dev.longshore.client.ControllerLoop;
import dev.longshore.client.Informers;
import dev.longshore.client.Outcome;
import dev.longshore.client.Reconciler;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.List;
import java.util.Optional;

/// Keeps claims from going while a pod uses them.
final class ClaimProtectionController implements Reconciler {

    static final String NAME = "pvc-protection-controller";

    private static final String FINALIZER = "kubernetes.io/pvc-protection";

    private final Informers informers;
    private final KubernetesClient client;

    private ClaimProtectionController(ControllerContext context) {
        this.informers = context.informers();
        this.client = context.clients().apply(NAME);
    }

    static Controller create(ControllerContext context) {
        var loop = new ControllerLoop(NAME, new ClaimProtectionController(context), 1, context.time());
        context.informers()
                .onChange(PersistentVolumeClaim.class, claim -> loop.queue().add(Keys.of(claim)));
        context.informers().onChange(Pod.class, pod -> StorageClaims.of(pod).forEach(loop.queue()::add));
        return Controller.of(NAME, loop);
    }

    @Override
    public Outcome reconcile(String key) {
        Optional<PersistentVolumeClaim> found = informers.find(PersistentVolumeClaim.class, key);
        if (found.isEmpty()) {
            return Outcome.done();
        }
        PersistentVolumeClaim claim = found.get();
        if (!Keys.isBeingDeleted(claim)) {
            Finalizers.with(claim, FINALIZER)
                    .ifPresent(guarded -> client.resource(guarded).update());
        } else if (!isUsed(claim)) {
            Finalizers.without(claim, FINALIZER)
                    .ifPresent(free -> client.resource(free).update());
        }
        return Outcome.done();
    }

    /// Asks the informer first, and the server before it says no.
    private boolean isUsed(PersistentVolumeClaim claim) {
        String namespace = claim.getMetadata().getNamespace();
        return isUsed(claim, informers.in(Pod.class, namespace))
                || isUsed(claim, client.pods().inNamespace(namespace).list().getItems());
    }

    /// True if one of `pods` that has a node uses `claim`. Others cannot start any more.
    static boolean isUsed(PersistentVolumeClaim claim, List<Pod> pods) {
        return pods.stream()
                .filter(pod -> pod.getSpec().getNodeName() != null)
                .anyMatch(pod -> pod.getSpec().getVolumes().stream()
                        .filter(volume -> volume.getEphemeral() == null || isOf(claim, pod) && !isShutDown(pod))
                        .flatMap(volume -> StorageClaims.name(pod, volume).stream())
                        .anyMatch(claim.getMetadata().getName()::equals));
    }

    private static boolean isOf(PersistentVolumeClaim claim, Pod pod) {
        return Keys.controller(claim)
                .filter(owner -> owner.getUid().equals(pod.getMetadata().getUid()))
                .isPresent();
    }

    /// The kubelet is done with it, or it was deleted by force.
    private static boolean isShutDown(Pod pod) {
        Long grace = pod.getMetadata().getDeletionGracePeriodSeconds();
        return Keys.isBeingDeleted(pod) && grace != null && grace == 0;
    }
}
