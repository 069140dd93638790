package dev.longshore.linux;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The network interfaces that a process sees, and what has passed through them.
public final class InterfaceCounters {

    private static final int COLUMNS = 17;

    private InterfaceCounters() {}

    /// Counters of one interface.
    public record Traffic(
            String name,
            long receivedBytes,
            long receivedPackets,
            long receiveErrors,
            long receiveDrops,
            long sentBytes,
            long sentPackets,
            long sendErrors,
            long sendDrops) {}

    /// All but the loopback of process `pid`; none when it is gone.
    public static List<Traffic> of(Path proc, int pid) {
        return read(proc.resolve(Integer.toString(pid)).resolve("net/dev"));
    }

    /// What `file` counts, of the kernel's form; none when it is gone.
    public static List<Traffic> read(Path file) {
        var all = new ArrayList<Traffic>();
        try {
            for (String line : Files.readAllLines(file)) {
                String[] words = line.strip().replace(":", " ").split("\\s+");
                if (line.contains(":") && words.length == COLUMNS && !words[0].equals("lo")) {
                    all.add(traffic(words));
                }
            }
        } catch (IOException | NumberFormatException gone) {
            // What is gone sends nothing.
        }
        return all;
    }

    private static Traffic traffic(String[] words) {
        long[] n = new long[COLUMNS];
        for (int i = 1; i < COLUMNS; i++) {
            n[i] = Long.parseLong(words[i]);
        }
        return new Traffic(words[0], n[1], n[2], n[3], n[4], n[9], n[10], n[11], n[12]);
    }
}
