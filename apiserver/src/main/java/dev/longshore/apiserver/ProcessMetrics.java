package dev.longshore.apiserver;

import com.sun.management.UnixOperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;

/// What the operating system and the virtual machine tell of this process.
final class ProcessMetrics {

    private static final double NANOS = 1e9;
    private static final double MILLIS = 1e3;
    private static final long PAGE = 4096;

    private ProcessMetrics() {}

    static void print(MetricsText text) {
        if (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system) {
            one(text, "process_cpu_seconds_total", "counter", "CPU time used.", system.getProcessCpuTime() / NANOS);
            one(text, "process_open_fds", "gauge", "Open file descriptors.", system.getOpenFileDescriptorCount());
            one(text, "process_max_fds", "gauge", "The most that may be open.", system.getMaxFileDescriptorCount());
        }
        memory(text);
        var runtime = ManagementFactory.getRuntimeMXBean();
        one(text, "process_start_time_seconds", "gauge", "When it began.", runtime.getStartTime() / MILLIS);
        var memory = ManagementFactory.getMemoryMXBean();
        text.family("jvm_memory_used_bytes", "gauge", "Memory that the virtual machine uses.");
        text.sample(
                "jvm_memory_used_bytes",
                "area=\"heap\"",
                memory.getHeapMemoryUsage().getUsed());
        text.sample(
                "jvm_memory_used_bytes",
                "area=\"nonheap\"",
                memory.getNonHeapMemoryUsage().getUsed());
        one(
                text,
                "jvm_threads_current",
                "gauge",
                "Platform threads.",
                ManagementFactory.getThreadMXBean().getThreadCount());
    }

    private static void memory(MetricsText text) {
        try {
            String[] pages = Files.readString(Path.of("/proc/self/statm")).split(" ");
            double virtual = Long.parseLong(pages[0]) * PAGE;
            double resident = Long.parseLong(pages[1]) * PAGE;
            one(text, "process_virtual_memory_bytes", "gauge", "Virtual memory.", virtual);
            one(text, "process_resident_memory_bytes", "gauge", "Memory that is there.", resident);
        } catch (IOException elsewhere) {
            // Not Linux: then it is not told.
        }
    }

    private static void one(MetricsText text, String name, String type, String help, double value) {
        text.family(name, type, help);
        text.sample(name, "", value);
    }
}
