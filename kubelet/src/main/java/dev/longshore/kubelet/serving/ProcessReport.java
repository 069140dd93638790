package dev.longshore.kubelet.serving;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;

/// What this process uses, under the names that Prometheus' clients have for it. The process may be more than a
/// kubelet: it is told of as a whole.
final class ProcessReport {

    private static final Path SELF = Path.of("/proc/self");
    private static final long PAGE = 4096;
    private static final int TICKS_PER_SECOND = 100;
    private static final int USER_TICKS = 11;
    private static final int RESIDENT_PAGES = 21;

    private ProcessReport() {}

    static void write(MetricsPage page, Instant start) {
        started(page, start);
        try {
            // What precedes is the number and the name in brackets, which may contain anything.
            String stat = Files.readString(SELF.resolve("stat"));
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            long ticks = Long.parseLong(fields[USER_TICKS]) + Long.parseLong(fields[USER_TICKS + 1]);
            page.family("process_cpu_seconds_total", "counter", "Total user and system CPU time spent in seconds.");
            page.sample(
                    "process_cpu_seconds_total",
                    BigDecimal.valueOf(ticks).divide(BigDecimal.valueOf(TICKS_PER_SECOND)));
            gauge(
                    page,
                    "process_resident_memory_bytes",
                    "Resident memory size in bytes.",
                    Long.parseLong(fields[RESIDENT_PAGES]) * PAGE);
            gauge(
                    page,
                    "process_virtual_memory_bytes",
                    "Virtual memory size in bytes.",
                    Long.parseLong(fields[RESIDENT_PAGES - 1]));
            gauge(page, "process_open_fds", "Number of open file descriptors.", open());
            Files.readAllLines(SELF.resolve("limits")).stream()
                    .filter(line -> line.startsWith("Max open files"))
                    .map(line -> line.split("\\s{2,}")[1])
                    .filter(soft -> !soft.equals("unlimited"))
                    .forEach(soft -> gauge(
                            page, "process_max_fds", "Maximum number of open file descriptors.", Long.parseLong(soft)));
        } catch (IOException | RuntimeException untold) {
            // A kernel that does not tell is not told of.
        }
    }

    /// When it started.
    static void started(MetricsPage page, Instant start) {
        page.family(
                "process_start_time_seconds",
                "gauge",
                "[ALPHA] Start time of the process since unix epoch in seconds.");
        page.sample("process_start_time_seconds", Use.seconds(start));
    }

    private static void gauge(MetricsPage page, String name, String help, long value) {
        page.family(name, "gauge", help);
        page.sample(name, value);
    }

    private static long open() throws IOException {
        long count = 0;
        try (DirectoryStream<Path> all = Files.newDirectoryStream(SELF.resolve("fd"))) {
            for (Path ignored : all) {
                count++;
            }
        }
        return count;
    }
}
