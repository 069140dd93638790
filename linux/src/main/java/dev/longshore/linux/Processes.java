package dev.longshore.linux;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/// Processes told apart for certain: a pid alone is used again, a pid with its start time is not. Thread-safe.
public final class Processes {

    private static final int START_TIME_FIELD_AFTER_NAME = 19;
    private static final int STATE_FIELD_AFTER_NAME = 0;
    private static final Map<String, Integer> SIGNALS = Map.ofEntries(
            Map.entry("HUP", 1),
            Map.entry("INT", 2),
            Map.entry("QUIT", 3),
            Map.entry("ILL", 4),
            Map.entry("TRAP", 5),
            Map.entry("ABRT", 6),
            Map.entry("BUS", 7),
            Map.entry("FPE", 8),
            Map.entry("KILL", 9),
            Map.entry("USR1", 10),
            Map.entry("SEGV", 11),
            Map.entry("USR2", 12),
            Map.entry("PIPE", 13),
            Map.entry("ALRM", 14),
            Map.entry("TERM", 15),
            Map.entry("STKFLT", 16),
            Map.entry("CHLD", 17),
            Map.entry("CONT", 18),
            Map.entry("STOP", 19),
            Map.entry("TSTP", 20),
            Map.entry("TTIN", 21),
            Map.entry("TTOU", 22),
            Map.entry("URG", 23),
            Map.entry("XCPU", 24),
            Map.entry("XFSZ", 25),
            Map.entry("VTALRM", 26),
            Map.entry("PROF", 27),
            Map.entry("WINCH", 28),
            Map.entry("IO", 29),
            Map.entry("PWR", 30),
            Map.entry("SYS", 31));
    private static final int SMALLEST_REALTIME = 34;
    private static final int LARGEST_REALTIME = 64;

    private Processes() {}

    /// The process that has `pid` now, if it lives (a zombie does not).
    public static Optional<Identity> identify(int pid) {
        return stat(pid)
                .filter(fields ->
                        !"Z".equals(fields[STATE_FIELD_AFTER_NAME]) && !"X".equals(fields[STATE_FIELD_AFTER_NAME]))
                .map(fields -> new Identity(pid, Long.parseLong(fields[START_TIME_FIELD_AFTER_NAME])));
    }

    /// Whether exactly this process still lives.
    public static boolean isAlive(Identity process) {
        return identify(process.pid()).filter(process::equals).isPresent();
    }

    /// The processes that live of those whose numbers `file` lists, a line each; none when there is no such file.
    public static List<Identity> listed(Path file) {
        try {
            return Files.readString(file)
                    .lines()
                    .map(line -> identify(Integer.parseInt(line.strip())))
                    .flatMap(Optional::stream)
                    .toList();
        } catch (IOException none) {
            return List.of();
        }
    }

    /// The words that this process was called with; none when it is gone.
    public static List<String> commandLine(Identity process) {
        try {
            return List.of(Files.readString(Path.of("/proc", Integer.toString(process.pid()), "cmdline"))
                    .split("\0"));
        } catch (IOException gone) {
            return List.of();
        }
    }

    /// How this process, which has ended but was not yet waited for, has ended: as a shell would say it, 128 and the
    /// signal's number where one killed it. Empty when it still runs, is gone, or another has its number.
    public static OptionalInt exitCode(Identity process) {
        return stat(process.pid())
                .filter(fields -> "Z".equals(fields[STATE_FIELD_AFTER_NAME]))
                .filter(fields -> Long.parseLong(fields[START_TIME_FIELD_AFTER_NAME]) == process.startTicks())
                .map(fields -> Integer.parseInt(fields[fields.length - 1]))
                .map(status -> OptionalInt.of((status & 0x7f) == 0 ? status >> 8 & 0xff : 128 + (status & 0x7f)))
                .orElse(OptionalInt.empty());
    }

    /// Sends `signal` to exactly this process; returns whether it was there to take it.
    public static boolean signal(Identity process, int signal) {
        return isAlive(process) && LibC.kill(process.pid(), signal);
    }

    /// The number of a signal spelt as `SIGTERM`, `TERM`, `RTMIN+3` or `15`.
    ///
    /// @throws IllegalArgumentException when there is none
    public static int signalNumber(String name) {
        String plain = name.strip().toUpperCase(java.util.Locale.ROOT);
        plain = plain.startsWith("SIG") ? plain.substring("SIG".length()) : plain;
        if (SIGNALS.containsKey(plain)) {
            return SIGNALS.get(plain);
        }
        try {
            int number = number(plain);
            if (number > 0 && number <= LARGEST_REALTIME) {
                return number;
            }
        } catch (NumberFormatException noNumber) {
            throw new IllegalArgumentException("unknown signal: " + name, noNumber);
        }
        throw new IllegalArgumentException("unknown signal: " + name);
    }

    private static int number(String plain) {
        if (plain.startsWith("RTMIN")) {
            return plain.equals("RTMIN") ? SMALLEST_REALTIME : SMALLEST_REALTIME + Integer.parseInt(plain.substring(5));
        }
        if (plain.startsWith("RTMAX")) {
            return plain.equals("RTMAX") ? LARGEST_REALTIME : LARGEST_REALTIME + Integer.parseInt(plain.substring(5));
        }
        return Integer.parseInt(plain);
    }

    // The second field, the name in parentheses, may hold anything: count from its end (proc_pid_stat(5)).
    private static Optional<String[]> stat(int pid) {
        try {
            String text = Files.readString(Path.of("/proc", Integer.toString(pid), "stat"));
            return Optional.of(text.substring(text.lastIndexOf(')') + 2).strip().split(" "));
        } catch (IOException gone) {
            return Optional.empty();
        }
    }

    /// One process for certain.
    ///
    /// @param startTicks when it started, in clock ticks since the host did
    public record Identity(int pid, long startTicks) {}
}
