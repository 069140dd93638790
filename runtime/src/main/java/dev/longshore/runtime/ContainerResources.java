package dev.longshore.runtime;

import java.util.Map;
import java.util.OptionalLong;

/// Limits of a cgroup; what is empty stays as it is.
///
/// @param cpuShares v1 units, 2 to 262144
/// @param cpuQuotaMicros CPU time in each period of `cpuPeriodMicros`; negative for no limit
/// @param memoryLimitBytes above it the kernel kills
/// @param pidsLimit processes and threads
/// @param oomScoreAdjust -1000 to 1000, clamped to what this process may set
/// @param hugePages bytes by size of the pages in bytes; left out where the kernel does not count them
/// @param processors it may run on, as `0-2,4`; empty for as it is
/// @param diesTogether whether the kernel, short of memory, kills all of its processes at once (v2 only)
public record ContainerResources(
        OptionalLong cpuShares,
        OptionalLong cpuQuotaMicros,
        OptionalLong cpuPeriodMicros,
        OptionalLong memoryLimitBytes,
        OptionalLong pidsLimit,
        OptionalLong oomScoreAdjust,
        Map<Long, Long> hugePages,
        String processors,
        boolean diesTogether) {

    /// No limit.
    public static final ContainerResources NONE = new ContainerResources(
            OptionalLong.empty(),
            OptionalLong.empty(),
            OptionalLong.empty(),
            OptionalLong.empty(),
            OptionalLong.empty(),
            OptionalLong.empty());

    public ContainerResources {
        // What an earlier version wrote down has none of these.
        hugePages = hugePages == null ? Map.of() : Map.copyOf(hugePages);
        processors = processors == null ? "" : processors;
    }

    /// Without the rarer ones.
    public ContainerResources(
            OptionalLong cpuShares,
            OptionalLong cpuQuotaMicros,
            OptionalLong cpuPeriodMicros,
            OptionalLong memoryLimitBytes,
            OptionalLong pidsLimit,
            OptionalLong oomScoreAdjust) {
        this(
                cpuShares,
                cpuQuotaMicros,
                cpuPeriodMicros,
                memoryLimitBytes,
                pidsLimit,
                oomScoreAdjust,
                Map.of(),
                "",
                false);
    }

    /// The same on other processors.
    public ContainerResources on(String others) {
        return new ContainerResources(
                cpuShares,
                cpuQuotaMicros,
                cpuPeriodMicros,
                memoryLimitBytes,
                pidsLimit,
                oomScoreAdjust,
                hugePages,
                others,
                diesTogether);
    }
}
