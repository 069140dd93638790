package dev.longshore.network.dns;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// Which process it is: a number alone may have passed to another.
///
/// @param started when, in the kernel's ticks: unlike a time of day it never shifts
/// @param mark how it was started
public record ProcessIdentity(long pid, long started, String mark) {

    private static final String ZOMBIE = "Z";
    private static final int STATE = 0;
    private static final int START = 19;

    /// This process.
    static ProcessIdentity self(String mark) throws IOException {
        long pid = ProcessHandle.current().pid();
        return new ProcessIdentity(pid, Long.parseLong(status(pid).get(START)), mark);
    }

    /// Writes it to `file`, in one step.
    void write(Path file) throws IOException {
        DnsFiles.replace(file, pid + "\n" + started + "\n" + mark + "\n");
    }

    /// What `file` says; empty when there is none or it says nothing.
    public static Optional<ProcessIdentity> read(Path file) {
        try {
            List<String> lines = Files.readAllLines(file);
            return lines.size() < 3
                    ? Optional.empty()
                    : Optional.of(new ProcessIdentity(
                            Long.parseLong(lines.get(0)), Long.parseLong(lines.get(1)), lines.get(2)));
        } catch (IOException | NumberFormatException none) {
            return Optional.empty();
        }
    }

    /// Whether this very process lives.
    public boolean isAlive() {
        try {
            List<String> fields = status(pid);
            return Long.parseLong(fields.get(START)) == started && isAlive(fields);
        } catch (IOException gone) {
            return false;
        }
    }

    /// Whether a process lives at `pid`; one that only waits to be reaped does not.
    public static boolean lives(long pid) {
        try {
            return isAlive(status(pid));
        } catch (IOException gone) {
            return false;
        }
    }

    private static boolean isAlive(List<String> fields) {
        return !fields.get(STATE).equals(ZOMBIE);
    }

    /// The fields after the program's name, which may hold anything.
    private static List<String> status(long pid) throws IOException {
        String line = Files.readString(Path.of("/proc", String.valueOf(pid), "stat"));
        return List.of(line.substring(line.lastIndexOf(')') + 2).split(" "));
    }
}
