package dev.longshore.controllers;

import dev.longshore.client.ControllerLoop;
import dev.longshore.client.Informers;
import dev.longshore.client.Outcome;
import dev.longshore.client.Reconciler;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.Optional;

/// Keeps volumes from going while they are bound.
final class VolumeProtectionController implements Reconciler {

    static final String NAME = "pv-protection-controller";

    private static final String FINALIZER = "kubernetes.io/pv-protection";

    private final Informers informers;
    private final KubernetesClient client;

    private VolumeProtectionController(ControllerContext context) {
        this.informers = context.informers();
        this.client = context.clients().apply(NAME);
    }

    static Controller create(ControllerContext context) {
        var loop = new ControllerLoop(NAME, new VolumeProtectionController(context), 1, context.time());
        context.informers()
                .onChange(PersistentVolume.class, volume -> loop.queue().add(Keys.of(volume)));
        return Controller.of(NAME, loop);
    }

    @Override
    public Outcome reconcile(String name) {
        Optional<PersistentVolume> found = informers.find(PersistentVolume.class, name);
        if (found.isEmpty()) {
            return Outcome.done();
        }
        PersistentVolume volume = found.get();
        if (!Keys.isBeingDeleted(volume)) {
            Finalizers.with(volume, FINALIZER)
                    .ifPresent(guarded -> client.resource(guarded).update());
        } else if (!StorageClaims.phase(volume).equals("Bound")) {
            Finalizers.without(volume, FINALIZER)
                    .ifPresent(free -> client.resource(free).update());
        }
        return Outcome.done();
    }
}
