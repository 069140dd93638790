package dev.longshore.controllers;

import dev.longshore.client.ControllerLoop;
import dev.longshore.client.EventRecorder;
import dev.longshore.client.EventRecorder.Type;
import dev.longshore.client.Informers;
import dev.longshore.client.Outcome;
import dev.longshore.client.Reconciler;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.Optional;

/// Makes volumes of provisioner local-path larger when their claims grow: as resizers of CSI drivers do it, in
/// three writes of which each can be taken up again, the last of which leaves the rest to the node's kubelet.
final class LocalPathResizer implements Reconciler {

    static final String NAME = "local-path-resizer";

    private final Informers informers;
    private final KubernetesClient client;
    private final EventRecorder events;
    private final ClaimGrowth growth;

    private LocalPathResizer(ControllerContext context) {
        this.informers = context.informers();
        this.client = context.clients().apply(LocalPathProvisioner.NAME);
        this.events = context.events(LocalPathProvisioner.NAME, "external-resizer " + LocalPathProvisioner.PROVISIONER);
        this.growth = new ClaimGrowth(context.time());
    }

    static Controller create(ControllerContext context) {
        var resizer = new LocalPathResizer(context);
        var loop = new ControllerLoop(NAME, resizer, 1, context.time());
        context.informers().onChange(PersistentVolumeClaim.class, claim -> {
            if (ExpandController.isGrown(claim)) {
                loop.queue().add(Keys.of(claim));
            }
        });
        return Controller.of(NAME, loop, resizer.events);
    }

    @Override
    public Outcome reconcile(String key) {
        Optional<PersistentVolumeClaim> claim =
                informers.find(PersistentVolumeClaim.class, key).filter(ExpandController::isGrown);
        Optional<PersistentVolume> volume = claim.flatMap(found ->
                        informers.find(PersistentVolume.class, found.getSpec().getVolumeName()))
                .filter(found -> StorageClaims.isFor(found, claim.get()) && isOurs(found));
        if (volume.isPresent()) {
            growth.target(claim.get(), volume.get()).ifPresent(size -> grow(claim.get(), volume.get(), size));
        }
        return Outcome.done();
    }

    private static boolean isOurs(PersistentVolume volume) {
        return LocalPathProvisioner.PROVISIONER.equals(
                StorageClaims.annotations(volume).get(StorageClaims.PROVISIONED_BY));
    }

    private void grow(PersistentVolumeClaim claim, PersistentVolume volume, Quantity size) {
        events.event(claim, Type.NORMAL, "Resizing", "External resizer is resizing volume " + Keys.of(volume));
        PersistentVolumeClaim begun = client.resource(growth.begun(claim, size)).updateStatus();
        if (StorageClaims.capacity(volume).compareTo(size.getNumericalAmount()) < 0) {
            client.resource(new PersistentVolumeBuilder(volume)
                            .editSpec()
                            .addToCapacity(StorageClaims.STORAGE, size)
                            .endSpec()
                            .build())
                    .update();
        }
        client.resource(growth.leftToNode(begun)).updateStatus();
        events.event(claim, Type.NORMAL, "FileSystemResizeRequired", "Require file system resize of volume on node");
    }
}
