package dev.longshore.controllers;

import dev.longshore.client.EventRecorder;
import dev.longshore.client.EventRecorder.Type;
import io.fabric8.kubernetes.api.model.ObjectReferenceBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// Writes the bonds between claims and volumes. Each write takes the version that was read, so that of two who
/// want the same volume one comes too late, and looks again.
final class VolumeWrites {

    private static final String YES = "yes";

    private final KubernetesClient client;
    private final EventRecorder events;

    VolumeWrites(KubernetesClient client, EventRecorder events) {
        this.client = client;
        this.events = events;
    }

    /// Gives `volume` to `claim`: the volume is written first, so that a claim never points at what another has.
    void bind(PersistentVolume volume, PersistentVolumeClaim claim) {
        PersistentVolume given = phase(written(volume, given(volume, claim)), "Bound", "");
        PersistentVolumeClaim taken = taken(claim, given);
        if (!taken.equals(claim)) {
            taken = client.resource(taken).update();
        }
        phase(taken, "Bound", given);
    }

    private PersistentVolume written(PersistentVolume before, PersistentVolume after) {
        return after.equals(before) ? before : client.resource(after).update();
    }

    /// `volume` as it is when `claim` has it.
    static PersistentVolume given(PersistentVolume volume, PersistentVolumeClaim claim) {
        var reference = volume.getSpec().getClaimRef();
        var builder = new PersistentVolumeBuilder(volume);
        boolean isWhole = reference != null
                && StorageClaims.isFor(volume, claim)
                && StorageClaims.uid(reference).equals(claim.getMetadata().getUid());
        if (!isWhole) {
            builder.editSpec()
                    .withClaimRef(new ObjectReferenceBuilder()
                            .withApiVersion("v1")
                            .withKind("PersistentVolumeClaim")
                            .withNamespace(claim.getMetadata().getNamespace())
                            .withName(claim.getMetadata().getName())
                            .withUid(claim.getMetadata().getUid())
                            .withResourceVersion(claim.getMetadata().getResourceVersion())
                            .build())
                    .endSpec();
        }
        if (!StorageClaims.isFor(volume, claim)
                && !StorageClaims.annotations(volume).containsKey(StorageClaims.BY_CONTROLLER)) {
            builder.editMetadata()
                    .addToAnnotations(StorageClaims.BY_CONTROLLER, YES)
                    .endMetadata();
        }
        return builder.build();
    }

    /// `claim` as it is when it has `volume`.
    static PersistentVolumeClaim taken(PersistentVolumeClaim claim, PersistentVolume volume) {
        var builder = new PersistentVolumeClaimBuilder(claim);
        if (!Keys.of(volume).equals(claim.getSpec().getVolumeName())) {
            builder.editSpec()
                    .withVolumeName(Keys.of(volume))
                    .endSpec()
                    .editMetadata()
                    .addToAnnotations(StorageClaims.BY_CONTROLLER, YES)
                    .endMetadata();
        }
        if (!StorageClaims.annotations(claim).containsKey(StorageClaims.BOUND)) {
            builder.editMetadata().addToAnnotations(StorageClaims.BOUND, YES).endMetadata();
        }
        return builder.build();
    }

    /// Takes `volume` back: one that was promised by its maker stays promised, any other is free.
    void unbind(PersistentVolume volume) {
        boolean isOurs = StorageClaims.annotations(volume).containsKey(StorageClaims.BY_CONTROLLER);
        var free = isOurs
                ? new PersistentVolumeBuilder(volume)
                        .editMetadata()
                        .removeFromAnnotations(StorageClaims.BY_CONTROLLER)
                        .endMetadata()
                        .editSpec()
                        .withClaimRef(null)
                        .endSpec()
                : new PersistentVolumeBuilder(volume)
                        .editSpec()
                        .editClaimRef()
                        .withUid(null)
                        .endClaimRef()
                        .endSpec();
        phase(client.resource(free.build()).update(), "Available", "");
    }

    /// Puts `volume` into `phase`, and returns it as it is then.
    PersistentVolume phase(PersistentVolume volume, String phase, String message) {
        if (StorageClaims.phase(volume).equals(phase)) {
            return volume;
        }
        return client.resource(new PersistentVolumeBuilder(volume)
                        .editOrNewStatus()
                        .withPhase(phase)
                        .withMessage(message.isEmpty() ? null : message)
                        .endStatus()
                        .build())
                .updateStatus();
    }

    /// As [#phase], of a volume whose end went wrong; says so once.
    void failed(PersistentVolume volume, String reason, String message) {
        if (!StorageClaims.phase(volume).equals("Failed")) {
            events.event(phase(volume, "Failed", message), Type.WARNING, reason, message);
        }
    }

    /// Puts `claim`, which has no volume, into `phase`.
    void phase(PersistentVolumeClaim claim, String phase) {
        write(claim, phaseOf(claim, phase));
    }

    /// As [#phase], saying why if it was in another.
    void phase(PersistentVolumeClaim claim, String phase, String reason, String message) {
        if (!StorageClaims.phase(claim).equals(phase)) {
            phase(claim, phase);
            events.event(claim, Type.WARNING, reason, message);
        }
    }

    private void phase(PersistentVolumeClaim claim, String phase, PersistentVolume volume) {
        write(claim, phaseOf(claim, phase, volume));
    }

    private void write(PersistentVolumeClaim before, PersistentVolumeClaim after) {
        if (!after.equals(before)) {
            client.resource(after).updateStatus();
        }
    }

    /// `claim`, which has no volume, in `phase`.
    static PersistentVolumeClaim phaseOf(PersistentVolumeClaim claim, String phase) {
        return new PersistentVolumeClaimBuilder(claim)
                .editOrNewStatus()
                .withPhase(phase)
                .withAccessModes(List.of())
                .withCapacity(Map.<String, Quantity>of())
                .withCurrentVolumeAttributesClassName(null)
                .endStatus()
                .build();
    }

    /// `claim` in `phase` with `volume`. Its size is taken over when it gets into the phase only: a file system
    /// may be smaller than its volume.
    static PersistentVolumeClaim phaseOf(PersistentVolumeClaim claim, String phase, PersistentVolume volume) {
        var status = new PersistentVolumeClaimBuilder(claim).editOrNewStatus();
        boolean isPending = StorageClaims.phase(claim).equals("Pending");
        boolean isNew = !StorageClaims.phase(claim).equals(phase);
        status.withPhase(phase).withAccessModes(volume.getSpec().getAccessModes());
        Map<String, Quantity> present =
                claim.getStatus() == null ? null : claim.getStatus().getCapacity();
        if (isNew && !StorageClaims.amount(present).equals(StorageClaims.capacity(volume))) {
            status.withCapacity(volume.getSpec().getCapacity());
        }
        if (isPending && isNew) {
            status.withCurrentVolumeAttributesClassName(
                    emptyToNull(volume.getSpec().getVolumeAttributesClassName()));
        }
        return status.endStatus().build();
    }

    private static String emptyToNull(String text) {
        return Objects.requireNonNullElse(text, "").isEmpty() ? null : text;
    }
}
