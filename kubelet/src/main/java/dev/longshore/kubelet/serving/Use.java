package dev.longshore.kubelet.serving;

import dev.longshore.runtime.ContainerStats;
import dev.longshore.runtime.ContainerStatus;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

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
    record OfPod(
            String namespace,
            String name,
            String uid,
            Optional<Instant> start,
            boolean isOnHost,
            List<Use> containers) {

        OfPod {
            containers = List.copyOf(containers);
        }

        /// Together.
        ContainerStats sum() {
            return new ContainerStats(
                    containers.getFirst().stats.at(),
                    containers.stream().mapToLong(use -> use.stats.cpuNanos()).sum(),
                    containers.stream()
                            .mapToLong(use -> use.stats.memoryUsageBytes())
                            .sum(),
                    containers.stream()
                            .mapToLong(use -> use.stats.workingSetBytes())
                            .sum(),
                    containers.stream().mapToLong(use -> use.stats.processes()).sum(),
                    ContainerStats.Detail.NONE,
                    new ContainerStats.Memory(
                            containers.stream()
                                    .mapToLong(use -> use.stats.memory().anonymous())
                                    .sum(),
                            containers.stream()
                                    .mapToLong(use -> use.stats.memory().cache())
                                    .sum(),
                            containers.stream()
                                    .mapToLong(use -> use.stats.memory().mapped())
                                    .sum(),
                            containers.stream()
                                    .mapToLong(use -> use.stats.memory().kernel())
                                    .sum(),
                            containers.stream()
                                    .mapToLong(use -> use.stats.memory().swap())
                                    .sum(),
                            containers.stream()
                                    .mapToLong(use -> use.stats.memory().activeFile())
                                    .sum(),
                            containers.stream()
                                    .mapToLong(use -> use.stats.memory().inactiveFile())
                                    .sum(),
                            containers.stream()
                                    .mapToLong(use -> use.stats.memory().failures())
                                    .sum(),
                            containers.stream()
                                    .mapToLong(use -> use.stats.memory().pageFaults())
                                    .sum(),
                            containers.stream()
                                    .mapToLong(use -> use.stats.memory().majorFaults())
                                    .sum()));
        }

        /// A process in the pod's own network, 0 if there is none.
        int pid() {
            return isOnHost ? 0 : containers.stream().mapToInt(Use::pid).max().orElse(0);
        }
    }
}
