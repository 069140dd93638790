package dev.longshore.controllers;

import dev.longshore.client.ControllerLoop;
import dev.longshore.client.EventRecorder;
import dev.longshore.client.EventRecorder.Type;
import dev.longshore.client.Informers;
import dev.longshore.client.Outcome;
import dev.longshore.client.Reconciler;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/// Keeps the phase of volumes, and sees to what becomes of those whose claim is gone.
final class VolumeReclaimer implements Reconciler {

    static final String NAME = "persistentvolume-reclaimer";

    private static final String IN_TREE = "kubernetes.io/";
    private static final List<String> OVER = List.of("Released", "Failed");
    private static final String FAILED_RECYCLE = "VolumeFailedRecycle";
    private static final Duration AGAIN = Duration.ofSeconds(15);

    private final Informers informers;
    private final KubernetesClient client;
    private final EventRecorder events;
    private final VolumeWrites writes;

    private VolumeReclaimer(ControllerContext context) {
        this.informers = context.informers();
        this.client = context.clients().apply(ClaimBinder.IDENTITY);
        this.events = context.events(ClaimBinder.IDENTITY, ClaimBinder.COMPONENT);
        this.writes = new VolumeWrites(client, events);
    }

    static Controller create(ControllerContext context) {
        var reclaimer = new VolumeReclaimer(context);
        var loop = new ControllerLoop(NAME, reclaimer, 1, context.time());
        context.informers()
                .onChange(PersistentVolume.class, volume -> loop.queue().add(Keys.of(volume)));
        context.informers()
                .onChange(Pod.class, pod -> VolumeRecycling.volume(pod).ifPresent(loop.queue()::add));
        context.informers().onChange(PersistentVolumeClaim.class, claim -> {
            String name = claim.getSpec().getVolumeName();
            if (name != null && !name.isEmpty()) {
                loop.queue().add(name);
            }
        });
        return Controller.of(NAME, loop, reclaimer.events);
    }

    @Override
    public Outcome reconcile(String name) {
        Optional<PersistentVolume> volume = informers.find(PersistentVolume.class, name);
        volume.ifPresent(this::keep);
        if (volume.filter(VolumeReclaimer::isToBeScrubbed).isEmpty()) {
            scrubber(name)
                    .filter(pod -> Pods.isTerminal(pod) && pod.getMetadata().getDeletionTimestamp() == null)
                    .ifPresent(pod -> client.resource(pod).delete());
            return Outcome.done();
        }
        // A scrubbing that failed, or has to wait for pods, is tried again.
        return new Outcome.RetryAfter(AGAIN);
    }

    private Optional<Pod> scrubber(String volume) {
        return informers.find(Pod.class, Keys.of(VolumeRecycling.NAMESPACE, VolumeRecycling.pod(volume)));
    }

    private static boolean isToBeScrubbed(PersistentVolume volume) {
        return "Recycle".equals(volume.getSpec().getPersistentVolumeReclaimPolicy())
                && OVER.contains(StorageClaims.phase(volume));
    }

    private void keep(PersistentVolume volume) {
        var given = volume.getSpec().getClaimRef();
        if (given == null || StorageClaims.uid(given).isEmpty()) {
            writes.phase(volume, "Available", "");
            return;
        }
        Optional<PersistentVolumeClaim> claim = claim(volume);
        if (claim.isEmpty()) {
            release(volume);
            return;
        }
        String chosen = Objects.requireNonNullElse(claim.get().getSpec().getVolumeName(), "");
        if (chosen.isEmpty()) {
            if (!VolumeMatch.isSameMode(volume, claim.get())) {
                sayMismatch(volume, claim.get());
            }
        } else if (chosen.equals(Keys.of(volume))) {
            writes.phase(volume, "Bound", "");
        } else if (StorageClaims.annotations(volume).containsKey(StorageClaims.PROVISIONED_BY)
                && "Delete".equals(volume.getSpec().getPersistentVolumeReclaimPolicy())) {
            // It was made for this claim, which got another.
            release(volume);
        } else {
            writes.unbind(volume);
        }
    }

    /// The very claim that `volume` was given to. Who has it is asked of the server before it is called gone.
    private Optional<PersistentVolumeClaim> claim(PersistentVolume volume) {
        var given = volume.getSpec().getClaimRef();
        Optional<PersistentVolumeClaim> heard = informers
                .find(PersistentVolumeClaim.class, StorageClaims.claimKey(volume))
                .filter(found -> found.getMetadata().getUid().equals(given.getUid()));
        if (heard.isPresent() || OVER.contains(StorageClaims.phase(volume))) {
            return heard;
        }
        return Optional.ofNullable(client.persistentVolumeClaims()
                        .inNamespace(given.getNamespace())
                        .withName(given.getName())
                        .get())
                .filter(found -> found.getMetadata().getUid().equals(given.getUid()));
    }

    private void sayMismatch(PersistentVolume volume, PersistentVolumeClaim claim) {
        events.event(
                volume,
                Type.WARNING,
                "VolumeMismatch",
                "Cannot bind PersistentVolume to requested PersistentVolumeClaim \"%s\" due to incompatible volumeMode."
                        .formatted(claim.getMetadata().getName()));
        events.event(
                claim,
                Type.WARNING,
                "VolumeMismatch",
                "Cannot bind PersistentVolume \"%s\" to requested PersistentVolumeClaim due to incompatible volumeMode."
                        .formatted(Keys.of(volume)));
    }

    private void release(PersistentVolume volume) {
        PersistentVolume released =
                OVER.contains(StorageClaims.phase(volume)) ? volume : writes.phase(volume, "Released", "");
        switch (Objects.requireNonNullElse(released.getSpec().getPersistentVolumeReclaimPolicy(), "")) {
            case "Retain" -> {
                // Its data is somebody's: nothing happens to it.
            }
            case "Recycle" -> recycle(released);
            case "Delete" -> undeletable(released).ifPresent(why -> writes.failed(released, "VolumeFailedDelete", why));
            default ->
                writes.failed(
                        released,
                        "VolumeUnknownReclaimPolicy",
                        "Volume has unrecognized PersistentVolumeReclaimPolicy");
        }
    }

    private void recycle(PersistentVolume volume) {
        Optional<Pod> scrubber = VolumeRecycling.scrubber(volume);
        if (scrubber.isEmpty()) {
            writes.failed(volume, FAILED_RECYCLE, "No recycler plugin found for the volume!");
            return;
        }
        List<String> users = users(volume);
        if (!users.isEmpty()
                && informers
                        .find(PersistentVolumeClaim.class, StorageClaims.claimKey(volume))
                        .isEmpty()) {
            events.event(volume, Type.NORMAL, FAILED_RECYCLE, "Volume is used by pods: " + String.join(",", users));
            return;
        }
        Optional<Pod> at = scrubber(Keys.of(volume));
        if (at.isEmpty()) {
            // News of the volume may be older than those of the pod that has scrubbed it.
            PersistentVolume now = client.resource(volume).get();
            if (now != null && isToBeScrubbed(now)) {
                client.resource(scrubber.get()).create();
            }
        } else if (Pods.phase(at.get()).equals("Succeeded")) {
            client.resource(at.get()).delete();
            events.event(volume, Type.NORMAL, "VolumeRecycled", "Volume recycled");
            writes.unbind(volume);
        } else if (Pods.phase(at.get()).equals("Failed")) {
            client.resource(at.get()).delete();
            writes.failed(
                    volume,
                    FAILED_RECYCLE,
                    "Recycle failed: failed to recycle volume: "
                            + Objects.requireNonNullElse(
                                    at.get().getStatus().getMessage(), "pod failed, pod.Status.Message unknown"));
        }
    }

    private List<String> users(PersistentVolume volume) {
        String claim = StorageClaims.claimKey(volume);
        return informers.in(Pod.class, Keys.namespace(claim)).stream()
                .filter(pod -> !Pods.isTerminal(pod) && StorageClaims.of(pod).contains(claim))
                .map(Keys::of)
                .sorted()
                .toList();
    }

    /// Why nobody will delete `volume`; empty if its provisioner, who works elsewhere, will.
    static Optional<String> undeletable(PersistentVolume volume) {
        String provisioner = StorageClaims.annotations(volume).getOrDefault(StorageClaims.PROVISIONED_BY, "");
        if (provisioner.startsWith(IN_TREE)) {
            return Optional.of("no volume plugin matched name: " + provisioner);
        }
        return !provisioner.isEmpty() || volume.getSpec().getCsi() != null
                ? Optional.empty()
                : Optional.of(
                        "error getting deleter volume plugin for volume \"%s\": no deletable volume plugin matched"
                                .formatted(Keys.of(volume)));
    }
}
