package dev.longshore.bench;

import dev.longshore.base.Time;
import java.io.IOException;
import java.time.Duration;

/// What a process is and does while nothing is asked of it.
///
/// @param resident bytes of memory, after its garbage has been collected
/// @param monitors bytes of memory that belong to the monitors of containers alone
/// @param share of one processor
record Footprint(long resident, long monitors, double share) {

    private static final int COLLECTIONS = 2;

    /// Looks at process `pid` for `span`.
    static Footprint idle(long pid, Duration span, Time time) throws IOException, InterruptedException {
        long before = processorNanos(pid);
        time.sleep(span);
        double share = (double) (processorNanos(pid) - before) / span.toNanos();
        for (int i = 0; i < COLLECTIONS; i++) {
            ServerProfile.jcmd(pid, "GC.run");
        }
        return new Footprint(Memory.resident(pid), Memory.ofEach("conmon"), share);
    }

    /// Compared with itself without the `pods` pods.
    String line(Footprint empty, int pods) {
        return ("%-30s %5.2f %% of a core (%.2f %% without), %.2f MiB a pod in the node's process (%d MiB in all),"
                        + " %.2f MiB a pod in monitors")
                .formatted(
                        pods + " pods, idle",
                        100 * share,
                        100 * empty.share,
                        mebibytes(resident - empty.resident) / pods,
                        resident >> 20,
                        mebibytes(monitors - empty.monitors) / pods);
    }

    private static double mebibytes(long bytes) {
        return bytes / (double) (1 << 20);
    }

    private static long processorNanos(long pid) {
        return ProcessHandle.of(pid)
                .flatMap(process -> process.info().totalCpuDuration())
                .orElse(Duration.ZERO)
                .toNanos();
    }
}
