package dev.longshore.kubelet.pods;

import dev.longshore.kubelet.node.TreeSize;
import dev.longshore.runtime.ContainerStats;
import dev.longshore.runtime.Containers;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Volume;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;

/// Measures what pods use. Disk is walked through only when it is asked for, for that takes long.
final class UsedResources {

    private static final String EMPTY_DIRS = "volumes/kubernetes.io~empty-dir";

    private final PodWorkers pods;
    private final Containers containers;

    UsedResources(PodWorkers pods, Containers containers) {
        this.pods = pods;
        this.containers = containers;
    }

    /// Pods of which something runs and that are not about to end.
    List<PodSnapshot> running() {
        return pods.pods().stream()
                .filter(pod -> pod.pod().getMetadata().getDeletionTimestamp() == null)
                .filter(pod -> pod.containers().values().stream().anyMatch(PodSnapshot.ContainerView::isRunning))
                .toList();
    }

    /// Whether the pod can be over a limit of ephemeral storage at all.
    static boolean limitsStorage(Pod pod) {
        return PodResources.limit(pod, "ephemeral-storage").signum() > 0
                || pod.getSpec().getVolumes().stream()
                        .anyMatch(volume ->
                                isOnDisk(volume) && volume.getEmptyDir().getSizeLimit() != null);
    }

    private static boolean isOnDisk(Volume volume) {
        return volume.getEmptyDir() != null
                && (volume.getEmptyDir().getMedium() == null
                        || volume.getEmptyDir().getMedium().isEmpty());
    }

    /// What it uses now.
    PodUse of(PodSnapshot pod, boolean withDisk) {
        var uses = new HashMap<String, PodUse.ContainerUse>();
        var volumes = new HashMap<String, Long>();
        long inodes = 0;
        for (var entry : pod.containers().entrySet()) {
            String id = entry.getValue().id();
            if (id.isEmpty()) {
                continue;
            }
            Optional<ContainerStats> stats = containers.stats(id);
            TreeSize layer =
                    withDisk ? containers.writableLayer(id).map(TreeSize::of).orElse(TreeSize.NONE) : TreeSize.NONE;
            TreeSize logs =
                    withDisk ? TreeSize.of(pods.logFile(pod, entry.getKey(), 0).getParent()) : TreeSize.NONE;
            inodes += layer.files() + logs.files();
            uses.put(
                    entry.getKey(),
                    new PodUse.ContainerUse(
                            stats.map(ContainerStats::workingSetBytes).orElse(0L),
                            stats.map(ContainerStats::processes).orElse(0L),
                            layer.bytes(),
                            logs.bytes()));
        }
        if (withDisk) {
            for (Volume volume : pod.pod().getSpec().getVolumes()) {
                if (isOnDisk(volume)) {
                    TreeSize size = TreeSize.of(
                            pods.podDirectory(pod).resolve(EMPTY_DIRS).resolve(volume.getName()));
                    inodes += size.files();
                    volumes.put(volume.getName(), size.bytes());
                }
            }
        }
        return new PodUse(pod.pod(), uses, volumes, inodes);
    }
}
