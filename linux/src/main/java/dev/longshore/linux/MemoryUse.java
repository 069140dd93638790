package dev.longshore.linux;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/// What the memory of a control group consists of, in bytes, and how often it was asked for; zero where the kernel
/// does not tell.
///
/// @param anonymous the programs' own
/// @param cache of files
/// @param mapped of the cache, what programs have mapped
/// @param failures how often the limit was hit
/// @param pageFaults of which `majorFaults` had to wait for a disk
public record MemoryUse(
        long anonymous,
        long cache,
        long mapped,
        long kernel,
        long swap,
        long activeFile,
        long inactiveFile,
        long failures,
        long pageFaults,
        long majorFaults) {

    /// Nothing is known.
    public static final MemoryUse NONE = new MemoryUse(0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

    static MemoryUse v1(Path directory) {
        Map<String, Long> stat = keyed(directory.resolve("memory.stat"));
        return new MemoryUse(
                stat.getOrDefault("total_rss", 0L),
                stat.getOrDefault("total_cache", 0L),
                stat.getOrDefault("total_mapped_file", 0L),
                LimitsV1.orZero(() -> LimitsV1.number(directory.resolve("memory.kmem.usage_in_bytes"))),
                stat.getOrDefault("total_swap", 0L),
                stat.getOrDefault("total_active_file", 0L),
                stat.getOrDefault("total_inactive_file", 0L),
                LimitsV1.orZero(() -> LimitsV1.number(directory.resolve("memory.failcnt"))),
                stat.getOrDefault("total_pgfault", 0L),
                stat.getOrDefault("total_pgmajfault", 0L));
    }

    static MemoryUse v2(Path directory) {
        Map<String, Long> stat = keyed(directory.resolve("memory.stat"));
        return new MemoryUse(
                stat.getOrDefault("anon", 0L),
                stat.getOrDefault("file", 0L),
                stat.getOrDefault("file_mapped", 0L),
                stat.getOrDefault("kernel", 0L),
                LimitsV1.orZero(() -> LimitsV1.number(directory.resolve("memory.swap.current"))),
                stat.getOrDefault("active_file", 0L),
                stat.getOrDefault("inactive_file", 0L),
                keyed(directory.resolve("memory.events")).getOrDefault("max", 0L),
                stat.getOrDefault("pgfault", 0L),
                stat.getOrDefault("pgmajfault", 0L));
    }

    private static Map<String, Long> keyed(Path file) {
        var values = new HashMap<String, Long>();
        try {
            for (String line : Files.readAllLines(file)) {
                String[] words = line.split(" ");
                if (words.length == 2) {
                    values.put(words[0], Long.parseLong(words[1]));
                }
            }
        } catch (IOException | NumberFormatException untold) {
            // A group that goes meanwhile uses nothing any more.
        }
        return values;
    }
}
