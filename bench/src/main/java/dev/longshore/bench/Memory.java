package dev.longshore.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Resident memory of processes, as `/proc` tells it.
final class Memory {

    private static final Pattern HIGH_WATER = Pattern.compile("VmHWM:\\s+(\\d+) kB");

    private Memory() {}

    /// The peak in bytes since it began, or since [#reset]; 0 if it is gone.
    static long peak(long pid) {
        try {
            Matcher found = HIGH_WATER.matcher(Files.readString(Path.of("/proc/" + pid + "/status")));
            return found.find() ? Long.parseLong(found.group(1)) << 10 : 0;
        } catch (IOException gone) {
            return 0;
        }
    }

    /// Forgets the peak so far (proc(5), clear_refs).
    static void reset(long pid) throws IOException {
        Files.writeString(Path.of("/proc/" + pid + "/clear_refs"), "5");
    }
}
