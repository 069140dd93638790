package dev.longshore.kubelet.volumes;

import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Volume;
import java.util.Optional;

/// One volume that a pod asks for, with what stands behind it.
///
/// @param claim what it refers to, bound; empty for a volume of the pod's own
/// @param persistent what the claim is bound to; present when `claim` is
/// @param readOnly whether the pod wants it so for all its containers
public record Wanted(
        Volume volume, Optional<PersistentVolumeClaim> claim, Optional<PersistentVolume> persistent, boolean readOnly) {

    /// What messages call it: the persistent volume's name if there is one.
    public String name() {
        return persistent.map(found -> found.getMetadata().getName()).orElseGet(volume::getName);
    }

    /// Whether it is a block device instead of files.
    public boolean isBlock() {
        return persistent
                .map(found -> "Block".equals(found.getSpec().getVolumeMode()))
                .orElse(false);
    }
}
