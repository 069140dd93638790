package dev.longshore.runtime;

import java.time.Instant;

/// What a container uses.
///
/// @param cpuNanos CPU time since it started
/// @param workingSetBytes memory that cannot be reclaimed at once
public record ContainerStats(
        Instant at,
        long cpuNanos,
        long memoryUsageBytes,
        long workingSetBytes,
        long processes,
        Detail detail,
        Memory memory) {

    /// Without what the memory consists of.
    public ContainerStats(
            Instant at, long cpuNanos, long memoryUsageBytes, long workingSetBytes, long processes, Detail detail) {
        this(at, cpuNanos, memoryUsageBytes, workingSetBytes, processes, detail, Memory.NONE);
    }

    /// Without detail.
    public ContainerStats(Instant at, long cpuNanos, long memoryUsageBytes, long workingSetBytes, long processes) {
        this(at, cpuNanos, memoryUsageBytes, workingSetBytes, processes, Detail.NONE);
    }

    /// What few ask for; zero where the kernel does not tell.
    ///
    /// @param userNanos of the CPU time, what was spent in programs
    /// @param kernelNanos of the CPU time, what was spent in the kernel
    /// @param periods in which a CPU limit held
    /// @param throttledPeriods of these, in which it was reached
    /// @param throttledNanos for how long it was held back
    /// @param readBytes from block devices
    /// @param writtenBytes to block devices
    /// @param memoryPeakBytes the most memory it ever used
    public record Detail(
            long userNanos,
            long kernelNanos,
            long periods,
            long throttledPeriods,
            long throttledNanos,
            long readBytes,
            long writtenBytes,
            long memoryPeakBytes) {
        /// Nothing is known.
        public static final Detail NONE = new Detail(0, 0, 0, 0, 0, 0, 0, 0);
    }

    /// What its memory consists of, in bytes; zero where the kernel does not tell.
    ///
    /// @param anonymous the programs' own
    /// @param mapped of the cache of files, what programs have mapped
    /// @param failures how often the limit was hit
    public record Memory(
            long anonymous,
            long cache,
            long mapped,
            long kernel,
            long swap,
            long activeFile,
            long inactiveFile,
            long failures,
            long pageFaults,
            long majorFaults) {
        /// Nothing is known.
        public static final Memory NONE = new Memory(0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    }
}
