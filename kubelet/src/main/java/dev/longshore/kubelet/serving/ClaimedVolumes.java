package dev.longshore.kubelet.serving;

import dev.longshore.kubelet.pods.PodSnapshot;
import dev.longshore.kubelet.volumes.VolumeUse;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToLongFunction;

/// What of volumes with claims is used, as `/metrics` tells it: each claim once, however many pods have it.
final class ClaimedVolumes {

    private final Map<Claim, VolumeUse> uses = new TreeMap<>();

    private record Claim(String namespace, String name) implements Comparable<Claim> {
        @Override
        public int compareTo(Claim other) {
            int byNamespace = namespace.compareTo(other.namespace);
            return byNamespace == 0 ? name.compareTo(other.name) : byNamespace;
        }
    }

    ClaimedVolumes(List<PodSnapshot> pods, StorageUse storage) {
        for (PodSnapshot pod : pods) {
            for (StorageUse.OfVolume volume : storage.volumes(pod)) {
                volume.claim()
                        .ifPresent(name -> uses.putIfAbsent(
                                new Claim(pod.pod().getMetadata().getNamespace(), name), volume.use()));
            }
        }
    }

    void write(MetricsPage page) {
        gauge(page, "capacity_bytes", "Capacity in bytes of the volume", VolumeUse::capacityBytes);
        gauge(page, "available_bytes", "Number of available bytes in the volume", VolumeUse::availableBytes);
        gauge(page, "used_bytes", "Number of used bytes in the volume", VolumeUse::usedBytes);
        gauge(page, "inodes", "Maximum number of inodes in the volume", VolumeUse::inodes);
        gauge(page, "inodes_free", "Number of free inodes in the volume", VolumeUse::inodesFree);
        gauge(page, "inodes_used", "Number of used inodes in the volume", VolumeUse::inodesUsed);
        if (uses.values().stream().anyMatch(use -> use.isAbnormal().isPresent())) {
            gauge(
                    page,
                    "health_status_abnormal",
                    "Abnormal volume health status. The count is either 1 or 0. 1 indicates the volume is unhealthy,"
                            + " 0 indicates volume is healthy",
                    use -> use.isAbnormal().orElse(false) ? 1 : 0);
        }
    }

    private void gauge(MetricsPage page, String what, String help, ToLongFunction<VolumeUse> value) {
        String name = "kubelet_volume_stats_" + what;
        page.family(name, "gauge", "[ALPHA] " + help);
        uses.forEach((claim, use) -> page.sample(
                name, value.applyAsLong(use), "namespace", claim.namespace, "persistentvolumeclaim", claim.name));
    }
}
