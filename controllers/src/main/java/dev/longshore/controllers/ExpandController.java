package dev.longshore.controllers;

import dev.longshore.client.ControllerLoop;
import dev.longshore.client.EventRecorder;
import dev.longshore.client.EventRecorder.Type;
import dev.longshore.client.Informers;
import dev.longshore.client.Outcome;
import dev.longshore.client.Reconciler;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import java.util.Optional;

/// Says of claims that grew beyond their volume that somebody else is to make the volume larger: no volume that
/// we know of ourselves can be.
final class ExpandController implements Reconciler {

    static final String NAME = "expand-controller";

    private final Informers informers;
    private final EventRecorder events;

    private ExpandController(ControllerContext context) {
        this.informers = context.informers();
        this.events = context.events(NAME, "volume_expand");
    }

    static Controller create(ControllerContext context) {
        var controller = new ExpandController(context);
        var loop = new ControllerLoop(NAME, controller, 1, context.time());
        context.informers().onChange(PersistentVolumeClaim.class, claim -> {
            if (isGrown(claim)) {
                loop.queue().add(Keys.of(claim));
            }
        });
        return Controller.of(NAME, loop, controller.events);
    }

    /// True if more is asked for than there is.
    static boolean isGrown(PersistentVolumeClaim claim) {
        return StorageClaims.phase(claim).equals("Bound")
                && StorageClaims.requested(claim)
                                .compareTo(
                                        StorageClaims.amount(claim.getStatus().getCapacity()))
                        > 0;
    }

    @Override
    public Outcome reconcile(String key) {
        Optional<PersistentVolumeClaim> claim =
                informers.find(PersistentVolumeClaim.class, key).filter(ExpandController::isGrown);
        boolean isBound = claim.flatMap(found ->
                        informers.find(PersistentVolume.class, found.getSpec().getVolumeName()))
                .filter(volume -> StorageClaims.isFor(volume, claim.get()))
                .isPresent();
        if (isBound) {
            events.event(
                    claim.get(),
                    Type.WARNING,
                    "ExternalExpanding",
                    "waiting for an external controller to expand this PVC");
        }
        return Outcome.done();
    }
}
