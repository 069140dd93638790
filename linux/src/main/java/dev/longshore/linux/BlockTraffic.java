package dev.longshore.linux;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/// What a control group and those below it read from one block device and wrote to it.
///
/// @param device `8:0`
/// @param reads how many requests
public record BlockTraffic(String device, long readBytes, long writtenBytes, long reads, long writes) {

    /// Of every device that `group` used; none where nobody tells.
    public static List<BlockTraffic> of(Cgroups cgroups, String group) {
        return cgroups.layout() == Cgroups.Layout.V2
                ? v2(cgroups.file("", group, "io.stat"))
                : v1(
                        cgroups.file("blkio", group, "blkio.throttle.io_service_bytes_recursive"),
                        cgroups.file("blkio", group, "blkio.throttle.io_serviced_recursive"));
    }

    // `8:0 rbytes=4096 wbytes=0 rios=1 wios=0 …`
    static List<BlockTraffic> v2(Path file) {
        var all = new ArrayList<BlockTraffic>();
        for (String line : lines(file)) {
            String[] words = line.split(" ");
            all.add(new BlockTraffic(
                    words[0],
                    field(words, "rbytes="),
                    field(words, "wbytes="),
                    field(words, "rios="),
                    field(words, "wios=")));
        }
        return all;
    }

    // `8:0 Read 4096`, several lines for each device, and `Total …` at the end.
    static List<BlockTraffic> v1(Path bytes, Path requests) {
        var counts = new TreeMap<String, long[]>();
        add(counts, lines(bytes), 0);
        add(counts, lines(requests), 2);
        return counts.entrySet().stream()
                .map(entry -> new BlockTraffic(
                        entry.getKey(),
                        entry.getValue()[0],
                        entry.getValue()[1],
                        entry.getValue()[2],
                        entry.getValue()[3]))
                .toList();
    }

    private static void add(TreeMap<String, long[]> counts, List<String> lines, int at) {
        for (String line : lines) {
            String[] words = line.split(" ");
            if (words.length == 3 && (words[1].equals("Read") || words[1].equals("Write"))) {
                counts.computeIfAbsent(words[0], device -> new long[4])[at + (words[1].equals("Read") ? 0 : 1)] =
                        Long.parseLong(words[2]);
            }
        }
    }

    private static long field(String[] words, String name) {
        for (String word : words) {
            if (word.startsWith(name)) {
                return Long.parseLong(word.substring(name.length()));
            }
        }
        return 0;
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException untold) {
            return List.of();
        }
    }
}
