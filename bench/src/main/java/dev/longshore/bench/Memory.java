package dev.longshore.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;

/// Resident memory of processes, as `/proc` tells it.
final class Memory {

    private static final Pattern HIGH_WATER = Pattern.compile("VmHWM:\\s+(\\d+) kB");
    private static final Pattern RESIDENT = Pattern.compile("VmRSS:\\s+(\\d+) kB");
    private static final Pattern OWN = Pattern.compile("Private_(?:Clean|Dirty):\\s+(\\d+) kB");

    private Memory() {}

    /// The peak in bytes since it began, or since [#reset]; 0 if it is gone.
    static long peak(long pid) {
        return kibibytes(Path.of("/proc/" + pid + "/status"), HIGH_WATER);
    }

    /// What it has now, in bytes; 0 if it is gone.
    static long resident(long pid) {
        return kibibytes(Path.of("/proc/" + pid + "/status"), RESIDENT);
    }

    /// What all processes of a program have for themselves, in bytes.
    static long ofEach(String program) {
        return ProcessHandle.allProcesses()
                .filter(process -> process.info().command().orElse("").endsWith("/" + program))
                .mapToLong(process -> kibibytes(Path.of("/proc/" + process.pid() + "/smaps_rollup"), OWN))
                .sum();
    }

    private static long kibibytes(Path file, Pattern pattern) {
        try {
            return pattern.matcher(Files.readString(file))
                    .results()
                    .mapToLong(found -> Long.parseLong(found.group(1)) << 10)
                    .sum();
        } catch (IOException gone) {
            return 0;
        }
    }

    /// Forgets the peak so far (proc(5), clear_refs).
    static void reset(long pid) throws IOException {
        Files.writeString(Path.of("/proc/" + pid + "/clear_refs"), "5");
    }
}
