package dev.longshore.kubelet.serving;

import dev.longshore.kubelet.pods.PodSnapshot;
import dev.longshore.runtime.ContainerStats;
import dev.longshore.runtime.ContainerStatus;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.ToLongFunction;

/// What a container uses.
///
/// @param pid of its first process, 0 if it has none on this machine
record Use(String name, String id, String image, int pid, Optional<Instant> start, ContainerStats stats) {

    private static final int NANO_SCALE = 9;

    static Use of(String name, String image, Optional<ContainerStatus> status, ContainerStats stats) {
        return new Use(
                name,
                status.map(ContainerStatus::id).orElse(""),
                image,
                status.map(known -> known.pid().orElse(0)).orElse(0),
                status.flatMap(ContainerStatus::startedAt),
                stats);
    }

    BigDecimal cpuSeconds() {
        return seconds(stats.cpuNanos());
    }

    static BigDecimal seconds(long nanos) {
        return BigDecimal.valueOf(nanos, NANO_SCALE);
    }

    static BigDecimal seconds(Instant at) {
        return BigDecimal.valueOf(at.getEpochSecond()).add(BigDecimal.valueOf(at.getNano(), NANO_SCALE));
    }

    BigDecimal workingSet() {
        return BigDecimal.valueOf(stats.workingSetBytes());
    }

    /// All containers of a pod that runs, of which there is one at least.
    record OfPod(PodSnapshot pod, Optional<Instant> start, List<Use> containers) {

        OfPod {
            containers = List.copyOf(containers);
        }

        String namespace() {
            return pod.pod().getMetadata().getNamespace();
        }

        String name() {
            return pod.pod().getMetadata().getName();
        }

        String uid() {
            return pod.pod().getMetadata().getUid();
        }

        /// Together.
        ContainerStats sum() {
            return sum(containers.stream().map(Use::stats).toList());
        }

        /// What several use together.
        static ContainerStats sum(List<ContainerStats> all) {
            return new ContainerStats(
                    all.getFirst().at(),
                    total(all, ContainerStats::cpuNanos),
                    total(all, ContainerStats::memoryUsageBytes),
                    total(all, ContainerStats::workingSetBytes),
                    total(all, ContainerStats::processes),
                    ContainerStats.Detail.NONE,
                    new ContainerStats.Memory(
                            total(all, stats -> stats.memory().anonymous()),
                            total(all, stats -> stats.memory().cache()),
                            total(all, stats -> stats.memory().mapped()),
                            total(all, stats -> stats.memory().kernel()),
                            total(all, stats -> stats.memory().swap()),
                            total(all, stats -> stats.memory().activeFile()),
                            total(all, stats -> stats.memory().inactiveFile()),
                            total(all, stats -> stats.memory().failures()),
                            total(all, stats -> stats.memory().pageFaults()),
                            total(all, stats -> stats.memory().majorFaults())));
        }

        private static long total(List<ContainerStats> all, ToLongFunction<ContainerStats> what) {
            return all.stream().mapToLong(what).sum();
        }

        /// A process in the pod's own network, 0 if there is none.
        int pid() {
            boolean isOnHost = Boolean.TRUE.equals(pod.pod().getSpec().getHostNetwork());
            return isOnHost ? 0 : containers.stream().mapToInt(Use::pid).max().orElse(0);
        }
    }
}
