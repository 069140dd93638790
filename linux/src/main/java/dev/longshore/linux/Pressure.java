package dev.longshore.linux;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Optional;

/// How much tasks wait for a resource, as the kernel's pressure stall information (PSI) tells it.
///
/// @param some while at least one of them waits
/// @param full while all of them do
public record Pressure(Stall some, Stall full) {

    /// @param totalMicros for how long altogether
    /// @param avg10 percent of the last ten seconds, and so on
    public record Stall(long totalMicros, double avg10, double avg60, double avg300) {
        static final Stall NONE = new Stall(0, 0, 0, 0);
    }

    /// Of a group, under v2; empty where nobody tells.
    ///
    /// @param resource `cpu`, `memory` or `io`
    public static Optional<Pressure> of(Cgroups cgroups, String group, String resource) {
        return cgroups.layout() == Cgroups.Layout.V2
                ? read(cgroups.file("", group, resource + ".pressure"))
                : Optional.empty();
    }

    /// From a file of the kernel's: `some avg10=0.00 avg60=0.00 avg300=0.00 total=0`, and a line `full` like it.
    public static Optional<Pressure> read(Path file) {
        try {
            var stalls = new HashMap<String, Stall>();
            for (String line : Files.readAllLines(file)) {
                String[] words = line.split(" ");
                stalls.put(
                        words[0],
                        new Stall(
                                (long) field(words, "total="),
                                field(words, "avg10="),
                                field(words, "avg60="),
                                field(words, "avg300=")));
            }
            return Optional.of(
                    new Pressure(stalls.getOrDefault("some", Stall.NONE), stalls.getOrDefault("full", Stall.NONE)));
        } catch (IOException | NumberFormatException untold) {
            // Kernels without it have no such file, or refuse to have it read.
            return Optional.empty();
        }
    }

    private static double field(String[] words, String name) {
        for (String word : words) {
            if (word.startsWith(name)) {
                return Double.parseDouble(word.substring(name.length()));
            }
        }
        return 0;
    }
}
