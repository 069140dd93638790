package dev.longshore.kubelet.serving;

import dev.longshore.kubelet.node.FileSystemSpace;
import dev.longshore.kubelet.node.TreeSize;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// What a pod has on the node's disk, as `/stats/summary` tells it.
///
/// @param disk the node's own file system, which layers, logs and volumes of the kubelet's are on
record StorageSummary(StorageUse storage, Use.OfPod pod, Optional<FileSystemSpace> disk, Instant at) {

    /// Layer and log of one container.
    void container(ObjectNode entry, Use use) {
        storage.layer(use.id()).ifPresent(size -> tree(entry.putObject("rootfs"), size));
        storage.logs(pod.pod(), use.name()).ifPresent(size -> tree(entry.putObject("logs"), size));
    }

    /// Volumes, and all that counts as the pod's ephemeral storage.
    void pod(ObjectNode entry) {
        List<StorageUse.OfVolume> volumes = storage.volumes(pod.pod());
        if (!volumes.isEmpty()) {
            var list = entry.putArray("volume");
            volumes.forEach(volume -> volume(list.addObject(), volume));
        }
        TreeSize all = TreeSize.NONE;
        for (Use use : pod.containers()) {
            all = all.plus(storage.layer(use.id()).orElse(TreeSize.NONE))
                    .plus(storage.logs(pod.pod(), use.name()).orElse(TreeSize.NONE));
        }
        for (StorageUse.OfVolume volume : volumes) {
            if (volume.isEphemeral()) {
                all = all.plus(
                        new TreeSize(volume.use().usedBytes(), volume.use().inodesUsed()));
            }
        }
        tree(entry.putObject("ephemeral-storage"), all);
    }

    private void tree(ObjectNode entry, TreeSize size) {
        if (disk.isPresent()) {
            space(entry, disk.get(), at);
        } else {
            entry.put("time", StatsSummary.time(at));
        }
        entry.put("usedBytes", size.bytes()).put("inodesUsed", size.files());
    }

    private void volume(ObjectNode entry, StorageUse.OfVolume volume) {
        var use = volume.use();
        entry.put("time", StatsSummary.time(at))
                .put("availableBytes", use.availableBytes())
                .put("capacityBytes", use.capacityBytes())
                .put("usedBytes", use.usedBytes())
                .put("inodesFree", use.inodesFree())
                .put("inodes", use.inodes())
                .put("inodesUsed", use.inodesUsed())
                .put("name", volume.name());
        volume.claim()
                .ifPresent(claim -> entry.putObject("pvcRef").put("name", claim).put("namespace", pod.namespace()));
        use.isAbnormal()
                .ifPresent(abnormal -> entry.putObject("volumeHealthStats").put("abnormal", abnormal));
    }

    /// What there is of a file system, and what is left.
    static ObjectNode space(ObjectNode entry, FileSystemSpace space, Instant at) {
        return entry.put("time", StatsSummary.time(at))
                .put("availableBytes", space.bytes().available())
                .put("capacityBytes", space.bytes().capacity())
                .put("inodesFree", space.inodes().available())
                .put("inodes", space.inodes().capacity());
    }
}
