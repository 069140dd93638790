package dev.longshore.bench;

import com.sun.management.OperatingSystemMXBean;
import dev.longshore.base.Time;
import java.lang.management.ManagementFactory;

/// Time and processor time of this process since a moment, to be told beside the machine's load: on a machine
/// that others use, only the processor time says something.
///
/// @param nanos of the clock, when it began
/// @param processorNanos of this process by then
record Effort(Time time, long nanos, long processorNanos) {

    private static final OperatingSystemMXBean SYSTEM =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    /// From now on.
    static Effort begin(Time time) {
        return new Effort(time, time.nanoTime(), SYSTEM.getProcessCpuTime());
    }

    double seconds() {
        return (time.nanoTime() - nanos) / 1e9;
    }

    double processorSeconds() {
        return (SYSTEM.getProcessCpuTime() - processorNanos) / 1e9;
    }

    /// One line of a report.
    String line(String what) {
        return "%-44s %8.2f s   processor time %8.2f s   load %.1f"
                .formatted(what, seconds(), processorSeconds(), SYSTEM.getSystemLoadAverage());
    }

    /// What figures were taken on.
    static String machine() {
        return "%s %s, %d processors, %d GiB, Java %s, heap of at most %d MiB, load %.1f"
                .formatted(
                        SYSTEM.getName(),
                        SYSTEM.getVersion(),
                        SYSTEM.getAvailableProcessors(),
                        SYSTEM.getTotalMemorySize() >> 30,
                        Runtime.version(),
                        Runtime.getRuntime().maxMemory() >> 20,
                        SYSTEM.getSystemLoadAverage());
    }
}
