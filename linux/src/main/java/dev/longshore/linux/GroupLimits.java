package dev.longshore.linux;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// What limits a control group has, in v1's units; zero is none.
///
/// @param cpuShares how much of the processors it gets beside others
/// @param cpuPeriodMicros in which it may use `cpuQuotaMicros` of processor time
/// @param memoryAndSwapBytes of both together under v1, of swap alone under v2, as the kernel has it
public record GroupLimits(
        long cpuShares,
        long cpuPeriodMicros,
        long cpuQuotaMicros,
        long memoryBytes,
        long memoryAndSwapBytes,
        long memoryReservationBytes,
        long pids) {

    /// What is more is no limit: the kernel rounds the greatest number there is down to whole pages.
    private static final long UNLIMITED = 1L << 62;

    private static final long SMALLEST_SHARES = 2;
    private static final long SPAN_OF_SHARES = 262_142;
    private static final long SPAN_OF_WEIGHTS = 9_999;

    /// Of `group`; empty when it is gone.
    public static Optional<GroupLimits> of(Cgroups cgroups, String group) {
        if (cgroups.layout() == Cgroups.Layout.V2) {
            Path directory = cgroups.file("", group, "");
            return Files.isDirectory(directory) ? Optional.of(v2(directory)) : Optional.empty();
        }
        if (!Files.isDirectory(cgroups.file("cpu", group, ""))) {
            return Optional.empty();
        }
        return Optional.of(new GroupLimits(
                number(cgroups.file("cpu", group, "cpu.shares")),
                number(cgroups.file("cpu", group, "cpu.cfs_period_us")),
                Math.max(0, number(cgroups.file("cpu", group, "cpu.cfs_quota_us"))),
                number(cgroups.file("memory", group, "memory.limit_in_bytes")),
                number(cgroups.file("memory", group, "memory.memsw.limit_in_bytes")),
                number(cgroups.file("memory", group, "memory.soft_limit_in_bytes")),
                number(cgroups.file("pids", group, "pids.max"))));
    }

    static GroupLimits v2(Path directory) {
        String[] quota = text(directory.resolve("cpu.max")).split(" ");
        long weight = number(directory.resolve("cpu.weight"));
        return new GroupLimits(
                weight == 0 ? 0 : SMALLEST_SHARES + (weight - 1) * SPAN_OF_SHARES / SPAN_OF_WEIGHTS,
                quota.length > 1 ? number(quota[1]) : 0,
                number(quota[0]),
                number(directory.resolve("memory.max")),
                number(directory.resolve("memory.swap.max")),
                number(directory.resolve("memory.low")),
                number(directory.resolve("pids.max")));
    }

    private static long number(Path file) {
        return number(text(file));
    }

    // `max` is no limit.
    private static long number(String text) {
        try {
            long number = Long.parseLong(text);
            return number > UNLIMITED ? 0 : number;
        } catch (NumberFormatException none) {
            return 0;
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file).strip();
        } catch (IOException untold) {
            return "";
        }
    }
}
