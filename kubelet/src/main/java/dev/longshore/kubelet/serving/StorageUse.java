package dev.longshore.kubelet.serving;

import dev.longshore.base.Time;
import dev.longshore.kubelet.node.FileSystemSpace;
import dev.longshore.kubelet.node.NodeDisks;
import dev.longshore.kubelet.node.TreeSize;
import dev.longshore.kubelet.pods.PodSnapshot;
import dev.longshore.kubelet.pods.PodWorkers;
import dev.longshore.kubelet.volumes.MountedVolume;
import dev.longshore.kubelet.volumes.VolumeUse;
import dev.longshore.runtime.Containers;
import io.fabric8.kubernetes.api.model.Volume;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What pods have on this node's disks: writable layers, logs and volumes. Directories are looked through at most once
/// a minute, and a disk that does not answer keeps nobody waiting for long. Thread-safe.
final class StorageUse {

    private final PodWorkers pods;
    private final Containers containers;
    private final NodeDisks disks;
    private final Measured<Path, TreeSize> trees;
    private final Measured<Path, FileSystemSpace> spaces;
    private final Measured<VolumeKey, VolumeUse> told;

    private record VolumeKey(String podUid, String volume) {}

    /// What is used of one volume.
    ///
    /// @param claim its name, if it has one
    /// @param isEphemeral whether it counts as the pod's ephemeral storage
    record OfVolume(String name, Optional<String> claim, VolumeUse use, boolean isEphemeral) {}

    /// @param disks where pods and images are
    StorageUse(PodWorkers pods, Containers containers, NodeDisks disks, Time time) {
        this.pods = pods;
        this.containers = containers;
        this.disks = disks;
        this.trees = new Measured<>(path -> Optional.of(TreeSize.of(path)), time);
        this.spaces = new Measured<>(FileSystemSpace::of, time);
        this.told = new Measured<>(this::ask, time);
    }

    /// The node's own file system.
    Optional<FileSystemSpace> disk() {
        return spaces.of(disks.node());
    }

    /// The file system that images are on.
    Optional<FileSystemSpace> images() {
        return disks.areImagesApart() ? spaces.of(disks.images()) : disk();
    }

    /// What a container wrote beside its mounts.
    Optional<TreeSize> layer(String containerId) {
        return containers.writableLayer(containerId).flatMap(trees::of);
    }

    /// What is kept of what a container said.
    Optional<TreeSize> logs(PodSnapshot pod, String container) {
        return trees.of(pods.logFile(pod, container, 0).getParent());
    }

    /// Every volume of which it can be told.
    List<OfVolume> volumes(PodSnapshot pod) {
        String uid = pod.pod().getMetadata().getUid();
        var all = new ArrayList<OfVolume>();
        var standing = pods.volumes().standing(uid);
        for (Volume volume : pod.pod().getSpec().getVolumes()) {
            String name = volume.getName();
            Optional<VolumeUse> use = told.of(new VolumeKey(uid, name))
                    .or(() -> isOfFiles(volume) && standing.get(name) instanceof MountedVolume.Files files
                            ? walked(files.path())
                            : Optional.empty());
            use.ifPresent(found -> all.add(new OfVolume(name, claim(pod, volume), found, isEphemeral(volume))));
        }
        return all;
    }

    private Optional<VolumeUse> ask(VolumeKey key) {
        try {
            return pods.volumes().use(key.podUid, key.volume);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    private Optional<VolumeUse> walked(Path path) {
        Optional<FileSystemSpace> space = spaces.of(path);
        Optional<TreeSize> size = trees.of(path);
        return space.isEmpty() || size.isEmpty()
                ? Optional.empty()
                : Optional.of(new VolumeUse(
                        space.get().bytes().capacity(),
                        space.get().bytes().available(),
                        size.get().bytes(),
                        space.get().inodes().capacity(),
                        space.get().inodes().available(),
                        size.get().files(),
                        Optional.empty()));
    }

    /// Kinds whose files the kubelet itself puts on the disk.
    private static boolean isOfFiles(Volume volume) {
        return volume.getEmptyDir() != null
                || volume.getConfigMap() != null
                || volume.getSecret() != null
                || volume.getDownwardAPI() != null
                || volume.getProjected() != null;
    }

    private static boolean isEphemeral(Volume volume) {
        if (volume.getEmptyDir() == null) {
            return volume.getConfigMap() != null;
        }
        String medium = volume.getEmptyDir().getMedium();
        return medium == null || medium.isEmpty();
    }

    private static Optional<String> claim(PodSnapshot pod, Volume volume) {
        if (volume.getPersistentVolumeClaim() != null) {
            return Optional.of(volume.getPersistentVolumeClaim().getClaimName());
        }
        return volume.getEphemeral() == null
                ? Optional.empty()
                : Optional.of(pod.pod().getMetadata().getName() + "-" + volume.getName());
    }
}
