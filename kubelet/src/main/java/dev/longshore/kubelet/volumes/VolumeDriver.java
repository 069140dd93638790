package dev.longshore.kubelet.volumes;

import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Quantity;
import java.util.Optional;
import java.util.Set;

/// A further kind of volumes (CSI). Asked before the kinds that are built in. Thread-safe across pods; calls about one
/// pod come one after the other.
public interface VolumeDriver {

    /// Whether `wanted` is of this kind. Must not block.
    boolean provides(Wanted wanted);

    /// Makes `wanted` stand for `pod`. Called at every look at the pod, so cheap when it stands already; called again,
    /// with back-off, after a failure. What it mounts below `ROOT/pods/UID/` it takes away in [#unmount].
    ///
    /// @throws VolumeException with words for the pod's event
    MountedVolume mount(PodContext pod, Wanted wanted) throws InterruptedException;

    /// Takes down all that the pod has of this kind; its processes have ended. Idempotent.
    ///
    /// @throws VolumeException when it cannot be done yet: then it is asked again, and the pod stays until it is
    void unmount(String podUid) throws InterruptedException;

    /// What of a volume of the pod is used, as the driver tells it; empty from drivers that do not. Called at most
    /// once a minute for each, beside other calls.
    default Optional<VolumeUse> use(String podUid, String volume) throws InterruptedException {
        return Optional.empty();
    }

    /// Makes the file system of a volume that stands for `pod` as large as `size`; empty when the volume is not of this
    /// kind.
    default Optional<Growth> grow(Pod pod, PersistentVolume volume, Quantity size) throws InterruptedException {
        return Optional.empty();
    }

    /// The uids of pods of which something stands, also from an earlier run.
    Set<String> pods();
}
