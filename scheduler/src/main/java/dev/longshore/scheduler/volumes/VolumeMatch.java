package dev.longshore.scheduler.volumes;

import dev.longshore.scheduler.framework.Labels;
import dev.longshore.scheduler.framework.NodeView;
import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/// Which volume a claim gets on a node: pure rules.
final class VolumeMatch {

    private static final String FILES = "Filesystem";

    private VolumeMatch() {}

    /// The volume that is promised to `claim`, if it can be reached from `node`; else, of those that are free, fit
    /// and can be reached, the smallest.
    ///
    /// @param taken names of volumes that other claims of the pod get
    static Optional<PersistentVolume> best(
            PersistentVolumeClaim claim, List<PersistentVolume> volumes, NodeView node, Set<String> taken) {
        List<PersistentVolume> fitting = volumes.stream()
                .filter(volume -> !taken.contains(volume.getMetadata().getName()))
                .filter(volume -> volume.getMetadata().getDeletionTimestamp() == null)
                .filter(volume -> isFree(volume) || isFor(volume, claim))
                .filter(volume -> PodClaims.capacity(volume).compareTo(PodClaims.requested(claim)) >= 0)
                .filter(volume -> mode(volume.getSpec().getVolumeMode())
                        .equals(mode(claim.getSpec().getVolumeMode())))
                .filter(volume -> text(volume.getSpec().getVolumeAttributesClassName())
                        .equals(text(claim.getSpec().getVolumeAttributesClassName())))
                .toList();
        Optional<PersistentVolume> promised =
                fitting.stream().filter(volume -> isFor(volume, claim)).findFirst();
        if (promised.isPresent()) {
            return promised.filter(volume -> isReachable(volume, node));
        }
        return fitting.stream()
                .filter(volume -> volume.getStatus() != null
                        && "Available".equals(volume.getStatus().getPhase()))
                .filter(volume -> claim.getSpec().getSelector() == null
                        || Labels.match(
                                claim.getSpec().getSelector(),
                                Objects.requireNonNullElse(volume.getMetadata().getLabels(), java.util.Map.of())))
                .filter(volume -> PodClaims.storageClass(volume).equals(PodClaims.storageClass(claim)))
                .filter(volume -> new HashSet<>(volume.getSpec().getAccessModes())
                        .containsAll(claim.getSpec().getAccessModes()))
                .filter(volume -> isReachable(volume, node))
                .min(Comparator.comparing(PodClaims::capacity));
    }

    /// True if `volume` can be used on `node`.
    static boolean isReachable(PersistentVolume volume, NodeView node) {
        var affinity = volume.getSpec().getNodeAffinity();
        return affinity == null
                || affinity.getRequired() == null
                || affinity.getRequired().getNodeSelectorTerms().stream().anyMatch(term -> Labels.match(term, node));
    }

    private static boolean isFree(PersistentVolume volume) {
        return volume.getSpec().getClaimRef() == null;
    }

    /// True if `volume` is given, or promised by name, to `claim`.
    static boolean isFor(PersistentVolume volume, PersistentVolumeClaim claim) {
        ObjectReference given = volume.getSpec().getClaimRef();
        return given != null
                && claim.getMetadata().getName().equals(given.getName())
                && claim.getMetadata().getNamespace().equals(given.getNamespace())
                && (text(given.getUid()).isEmpty()
                        || given.getUid().equals(claim.getMetadata().getUid()));
    }

    private static String mode(String mode) {
        return text(mode).isEmpty() ? FILES : mode;
    }

    private static String text(String text) {
        return Objects.requireNonNullElse(text, "");
    }
}
