package dev.longshore.controllers;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import java.util.Optional;

/// Finalizers of claims and volumes, on copies.
final class Finalizers {

    private Finalizers() {}

    /// `claim` with `finalizer`; empty if it has it.
    static Optional<PersistentVolumeClaim> with(PersistentVolumeClaim claim, String finalizer) {
        return has(claim, finalizer)
                ? Optional.empty()
                : Optional.of(new PersistentVolumeClaimBuilder(claim)
                        .editMetadata()
                        .addToFinalizers(finalizer)
                        .endMetadata()
                        .build());
    }

    /// `claim` without `finalizer`; empty if it has none.
    static Optional<PersistentVolumeClaim> without(PersistentVolumeClaim claim, String finalizer) {
        return has(claim, finalizer)
                ? Optional.of(new PersistentVolumeClaimBuilder(claim)
                        .editMetadata()
                        .removeFromFinalizers(finalizer)
                        .endMetadata()
                        .build())
                : Optional.empty();
    }

    /// `volume` with `finalizer`; empty if it has it.
    static Optional<PersistentVolume> with(PersistentVolume volume, String finalizer) {
        return has(volume, finalizer)
                ? Optional.empty()
                : Optional.of(new PersistentVolumeBuilder(volume)
                        .editMetadata()
                        .addToFinalizers(finalizer)
                        .endMetadata()
                        .build());
    }

    /// `volume` without `finalizer`; empty if it has none.
    static Optional<PersistentVolume> without(PersistentVolume volume, String finalizer) {
        return has(volume, finalizer)
                ? Optional.of(new PersistentVolumeBuilder(volume)
                        .editMetadata()
                        .removeFromFinalizers(finalizer)
                        .endMetadata()
                        .build())
                : Optional.empty();
    }

    private static boolean has(HasMetadata object, String finalizer) {
        return object.getMetadata().getFinalizers().contains(finalizer);
    }
}
