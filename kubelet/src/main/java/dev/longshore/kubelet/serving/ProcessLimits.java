package dev.longshore.kubelet.serving;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// How many processes and threads the machine has, and may have.
record ProcessLimits(long most, long now) {

    private static final int LONGEST = 64;

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
        // Numbers under /proc/sys are there for one read only, so it must be a large one.
        try (var in = Files.newInputStream(proc.resolve(file))) {
            return Long.parseLong(new String(in.readNBytes(LONGEST), StandardCharsets.US_ASCII).strip());
        }
    }
}
