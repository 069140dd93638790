package dev.longshore.kubelet.pods;

import io.fabric8.kubernetes.api.model.Pod;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/// What a pod uses, as eviction looks at it.
///
/// @param containers by name: of those that run
/// @param volumes bytes of its emptyDir volumes on disk, by name
/// @param inodes of all that it has on disk
record PodUse(Pod pod, Map<String, ContainerUse> containers, Map<String, Long> volumes, long inodes) {

    /// What one container uses.
    ///
    /// @param memory that cannot be taken back at once
    /// @param layer bytes of what it wrote beside its volumes
    /// @param logs bytes of what it printed
    record ContainerUse(long memory, long processes, long layer, long logs) {}

    PodUse {
        containers = Map.copyOf(containers);
        volumes = Map.copyOf(volumes);
    }

    /// Bytes of working memory.
    long memory() {
        return containers.values().stream().mapToLong(ContainerUse::memory).sum();
    }

    long processes() {
        return containers.values().stream().mapToLong(ContainerUse::processes).sum();
    }

    /// Bytes on the node's disk.
    long storage() {
        return containers.values().stream()
                        .mapToLong(use -> use.layer() + use.logs())
                        .sum()
                + volumes.values().stream().mapToLong(Long::longValue).sum();
    }

    private int priority() {
        return pod.getSpec().getPriority() == null ? 0 : pod.getSpec().getPriority();
    }

    private long used(String resource) {
        return switch (resource) {
            case "memory" -> memory();
            case "pids" -> processes();
            case "inodes" -> inodes;
            default -> storage();
        };
    }

    private long requested(String resource) {
        return resource.equals("memory") || resource.equals("ephemeral-storage")
                ? PodResources.request(pod, resource)
                        .setScale(0, RoundingMode.CEILING)
                        .longValue()
                : 0;
    }

    /// Who goes first when `resource` is short: who uses more than it requested, then the least important, then who
    /// is furthest over. Of processes nobody requests any, so the least important go first, then who has most.
    static List<PodUse> ranked(List<PodUse> all, String resource) {
        Comparator<PodUse> byPriority = Comparator.comparingInt(PodUse::priority);
        Comparator<PodUse> byExcess = Comparator.comparingLong(use -> use.requested(resource) - use.used(resource));
        Comparator<PodUse> keepsWithin = Comparator.comparing(use -> use.used(resource) <= use.requested(resource));
        return all.stream()
                .sorted(
                        resource.equals("pids")
                                ? byPriority.thenComparing(byExcess)
                                : keepsWithin.thenComparing(byPriority).thenComparing(byExcess))
                .toList();
    }

    /// Which limit of its own ephemeral storage the pod is over, in the kubelet's words; empty for none.
    String overLimit() {
        for (var volume : pod.getSpec().getVolumes()) {
            if (volume.getEmptyDir() != null && volume.getEmptyDir().getSizeLimit() != null) {
                BigDecimal limit = volume.getEmptyDir().getSizeLimit().getNumericalAmount();
                long used = volumes.getOrDefault(volume.getName(), 0L);
                if (limit.signum() > 0 && BigDecimal.valueOf(used).compareTo(limit) > 0) {
                    return "Usage of EmptyDir volume \"%s\" exceeds the limit \"%s\". "
                            .formatted(volume.getName(), volume.getEmptyDir().getSizeLimit());
                }
            }
        }
        BigDecimal whole = PodResources.limit(pod, "ephemeral-storage");
        if (whole.signum() > 0 && BigDecimal.valueOf(storage()).compareTo(whole) > 0) {
            return "Pod ephemeral local storage usage exceeds the total limit of containers %s. "
                    .formatted(EvictionMessage.binary(whole.longValue()));
        }
        for (var container : pod.getSpec().getContainers()) {
            var limit = PodResources.limits(container).get("ephemeral-storage");
            ContainerUse use = containers.get(container.getName());
            if (limit != null
                    && use != null
                    && BigDecimal.valueOf(use.layer() + use.logs()).compareTo(limit.getNumericalAmount()) > 0) {
                return "Container %s exceeded its local ephemeral storage limit \"%s\". "
                        .formatted(container.getName(), limit);
            }
        }
        return "";
    }
}
