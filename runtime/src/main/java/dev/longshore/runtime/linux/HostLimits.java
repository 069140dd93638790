package dev.longshore.runtime.linux;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/// What this process may grant: a container asks in vain for a capability, an open-files limit or an OOM score
/// that its maker does not hold, so wishes are clamped to these.
///
/// @param capabilities bits, as /proc/self/status has them
/// @param openFiles the hard limit
/// @param oomScoreAdjust this process's own
record HostLimits(long capabilities, long openFiles, long oomScoreAdjust) {

    private static final int SYS_RESOURCE = 24;
    private static final long MOST_OPEN_FILES = 1 << 20;
    private static final long LOWEST_SCORE = -1000;
    private static final long HIGHEST_SCORE = 1000;

    /// Those of this process.
    static HostLimits current() {
        return new HostLimits(
                Long.parseUnsignedLong(field("/proc/self/status", "CapPrm:", 1), 16),
                openFiles(field("/proc/self/limits", "Max open files", 4)),
                Long.parseLong(read("/proc/self/oom_score_adj").strip()));
    }

    boolean mayGrant(Capability capability) {
        return (capabilities & 1L << capability.ordinal()) != 0;
    }

    long clampOpenFiles() {
        return Math.min(openFiles, MOST_OPEN_FILES);
    }

    long clampOomScore(long wanted) {
        long lowest = (capabilities & 1L << SYS_RESOURCE) != 0 ? LOWEST_SCORE : oomScoreAdjust;
        return Math.clamp(wanted, Math.min(lowest, HIGHEST_SCORE), HIGHEST_SCORE);
    }

    private static long openFiles(String text) {
        return text.equals("unlimited") ? MOST_OPEN_FILES : Long.parseLong(text);
    }

    private static String field(String file, String key, int index) {
        List<String> words = read(file)
                .lines()
                .filter(line -> line.startsWith(key))
                .findFirst()
                .map(line -> Arrays.asList(line.split("\\s+")))
                .orElseThrow(() -> new IllegalStateException(file + " has no " + key));
        return words.get(index);
    }

    private static String read(String file) {
        try {
            return Files.readString(Path.of(file));
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
