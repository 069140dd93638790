package dev.longshore.kubelet.serving;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// How many processes and threads the machine has, and may have.
record ProcessLimits(long most, long now) {

    /// As the kernel tells it; empty on a machine that only pretends.
    static Optional<ProcessLimits> of(Path proc) {
        try {
            long most = Math.min(number(proc, "sys/kernel/pid_max"), number(proc, "sys/kernel/threads-max"));
            // `0.01 0.02 0.03 RUNNING/ALL LAST`
            String[] tasks =
                    Files.readString(proc.resolve("loadavg")).split(" ")[3].split("/");
            return Optional.of(new ProcessLimits(most, Long.parseLong(tasks[1])));
        } catch (IOException | RuntimeException pretended) {
            return Optional.empty();
        }
    }

    private static long number(Path proc, String file) throws IOException {
        return Long.parseLong(Files.readString(proc.resolve(file)).strip());
    }
}
