package dev.longshore.runtime;

import java.util.OptionalLong;

/// Limits of a cgroup; what is empty stays as it is.
///
/// @param cpuShares v1 units, 2 to 262144
/// @param cpuQuotaMicros CPU time in each period of `cpuPeriodMicros`
/// @param memoryLimitBytes above it the kernel kills
/// @param pidsLimit processes and threads
/// @param oomScoreAdjust -1000 to 1000, clamped to what this process may set
public record ContainerResources(
        OptionalLong cpuShares,
        OptionalLong cpuQuotaMicros,
        OptionalLong cpuPeriodMicros,
        OptionalLong memoryLimitBytes,
        OptionalLong pidsLimit,
        OptionalLong oomScoreAdjust) {

    /// No limit.
    public static final ContainerResources NONE = new ContainerResources(
            OptionalLong.empty(),
            OptionalLong.empty(),
            OptionalLong.empty(),
            OptionalLong.empty(),
            OptionalLong.empty(),
            OptionalLong.empty());
}
