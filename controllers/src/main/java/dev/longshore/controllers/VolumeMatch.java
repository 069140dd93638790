package dev.longshore.controllers;

import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/// Which volume a claim gets: pure rules.
final class VolumeMatch {

    private VolumeMatch() {}

    /// The volume that is promised to `claim`; else, of those that are free and fit, the one with the fewest
    /// access modes and then the smallest.
    ///
    /// @param waits only what is promised counts, since the scheduler chooses with the node
    static Optional<PersistentVolume> best(PersistentVolumeClaim claim, List<PersistentVolume> volumes, boolean waits) {
        List<PersistentVolume> fitting = volumes.stream()
                .filter(volume -> volume.getSpec().getClaimRef() == null || StorageClaims.isFor(volume, claim))
                .filter(volume -> StorageClaims.capacity(volume).compareTo(StorageClaims.requested(claim)) >= 0)
                .filter(volume -> hasModes(volume, claim)
                        && isSameMode(volume, claim)
                        && isSameAttributes(volume, claim)
                        && !Keys.isBeingDeleted(volume))
                .sorted(Comparator.comparingInt((PersistentVolume volume) ->
                                new HashSet<>(volume.getSpec().getAccessModes()).size())
                        .thenComparing(volume -> StorageClaims.capacity(volume))
                        .thenComparing(volume -> Keys.of(volume)))
                .toList();
        Optional<PersistentVolume> promised = fitting.stream()
                .filter(volume -> StorageClaims.isFor(volume, claim))
                .findFirst();
        return promised.isPresent() || waits
                ? promised
                : fitting.stream()
                        .filter(volume -> StorageClaims.phase(volume).equals("Available"))
                        .filter(volume -> claim.getSpec().getSelector() == null
                                || Selectors.matches(
                                        claim.getSpec().getSelector(),
                                        volume.getMetadata().getLabels()))
                        .filter(volume -> StorageClaims.storageClass(volume).equals(StorageClaims.storageClass(claim)))
                        .findFirst();
    }

    /// Why `volume`, asked for by name, cannot be had by `claim`; empty if it can.
    static Optional<String> fault(PersistentVolume volume, PersistentVolumeClaim claim) {
        if (Keys.isBeingDeleted(volume)) {
            return Optional.of("the volume is marked for deletion \"%s\"".formatted(Keys.of(volume)));
        }
        if (StorageClaims.capacity(volume).compareTo(StorageClaims.requested(claim)) < 0) {
            return Optional.of("requested PV is too small");
        }
        if (!StorageClaims.storageClass(volume).equals(StorageClaims.storageClass(claim))) {
            return Optional.of("storageClassName does not match");
        }
        if (!isSameAttributes(volume, claim)) {
            return Optional.of("volumeAttributesClassName does not match");
        }
        if (!isSameMode(volume, claim)) {
            return Optional.of("incompatible volumeMode");
        }
        return hasModes(volume, claim) ? Optional.empty() : Optional.of("incompatible accessMode");
    }

    /// Filesystem or block, the same for both.
    static boolean isSameMode(PersistentVolume volume, PersistentVolumeClaim claim) {
        return mode(volume.getSpec().getVolumeMode())
                .equals(mode(claim.getSpec().getVolumeMode()));
    }

    private static String mode(String mode) {
        return Objects.requireNonNullElse(mode, "Filesystem");
    }

    private static boolean isSameAttributes(PersistentVolume volume, PersistentVolumeClaim claim) {
        return Objects.requireNonNullElse(volume.getSpec().getVolumeAttributesClassName(), "")
                .equals(Objects.requireNonNullElse(claim.getSpec().getVolumeAttributesClassName(), ""));
    }

    private static boolean hasModes(PersistentVolume volume, PersistentVolumeClaim claim) {
        return volume.getSpec().getAccessModes().containsAll(claim.getSpec().getAccessModes());
    }
}
