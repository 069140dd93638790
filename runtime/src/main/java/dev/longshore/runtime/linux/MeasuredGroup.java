package dev.longshore.runtime.linux;

import dev.longshore.linux.Cgroups;
import dev.longshore.linux.MemoryUse;
import dev.longshore.runtime.ContainerStats;
import java.time.Instant;
import java.util.Optional;

/// What a control group uses, as the runtime tells it.
final class MeasuredGroup {

    private MeasuredGroup() {}

    /// Empty when the group is gone.
    static Optional<ContainerStats> stats(Cgroups cgroups, String group, Instant now) {
        return cgroups.usage(group)
                .map(usage -> new ContainerStats(
                        now,
                        usage.cpuNanos(),
                        usage.memoryBytes(),
                        usage.workingSetBytes(),
                        usage.processes(),
                        detail(cgroups.detail(group)),
                        memory(cgroups.memory(group))));
    }

    private static ContainerStats.Detail detail(Cgroups.Detail more) {
        return new ContainerStats.Detail(
                more.userNanos(),
                more.kernelNanos(),
                more.periods(),
                more.throttledPeriods(),
                more.throttledNanos(),
                more.readBytes(),
                more.writtenBytes(),
                more.memoryPeakBytes());
    }

    private static ContainerStats.Memory memory(MemoryUse use) {
        return new ContainerStats.Memory(
                use.anonymous(),
                use.cache(),
                use.mapped(),
                use.kernel(),
                use.swap(),
                use.activeFile(),
                use.inactiveFile(),
                use.failures(),
                use.pageFaults(),
                use.majorFaults());
    }
}
