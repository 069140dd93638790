package dev.longshore.linux;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// The mounts of this process's mount namespace. Thread-safe.
public final class Mounts {

    private static final Path TABLE = Path.of("/proc/self/mountinfo");
    private static final Pattern OCTAL = Pattern.compile("\\\\([0-7]{3})");

    private final Commands commands;

    /// Changes mounts through `commands`.
    public Mounts(Commands commands) {
        this.commands = commands;
    }

    /// All mounts, oldest first, as /proc/self/mountinfo has them.
    public List<Mount> all() {
        return table();
    }

    static List<Mount> table() {
        try {
            return parse(Files.readString(TABLE));
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /// The topmost mount exactly at `point`.
    public Optional<Mount> at(Path point) {
        return all().reversed().stream()
                .filter(mount -> mount.point().equals(point))
                .findFirst();
    }

    /// Mounts at `directory` or below, newest first: the order in which they can be unmounted.
    public List<Mount> under(Path directory) {
        return tableUnder(directory);
    }

    static List<Mount> tableUnder(Path directory) {
        return table().reversed().stream()
                .filter(mount -> mount.point().startsWith(directory))
                .toList();
    }

    /// Makes `directory` a mount of its own with `propagation` (`private`, `shared`, `slave`), if it is none
    /// yet.
    public void bindOnItself(Path directory, String propagation) throws InterruptedException {
        String path = directory.toString();
        if (at(directory).isEmpty()) {
            commands.require("mount", "--bind", path, path);
        }
        commands.require("mount", "--make-" + propagation, path);
    }

    /// Takes `points` away, those that are in use lazily, and those that are no mounts silently.
    public void unmount(List<Path> points) throws InterruptedException {
        for (Path point : points) {
            commands.run(Commands.Command.of("umount", "-l", point.toString()));
        }
    }

    /// Takes everything at `directory` and below away.
    public void unmountTree(Path directory) throws InterruptedException {
        unmount(under(directory).stream().map(Mount::point).toList());
    }

    static List<Mount> parse(String table) {
        return table.lines().map(Mounts::parseLine).toList();
    }

    // 36 35 98:0 /root /point options [tags…] - type source superOptions   (proc_pid_mountinfo(5))
    private static Mount parseLine(String line) {
        String[] halves = line.split(" - ", 2);
        String[] fields = halves[0].split(" ");
        String[] rest = halves[1].split(" ", 3);
        return new Mount(
                Path.of(unescape(fields[4])), rest[0], unescape(rest[1]), List.of(rest[rest.length - 1].split(",")));
    }

    private static String unescape(String text) {
        return OCTAL.matcher(text)
                .replaceAll(match -> String.valueOf((char) Integer.parseInt(match.group(1), 8))
                        .replace("\\", "\\\\")
                        .replace("$", "\\$"));
    }

    /// One mount.
    ///
    /// @param type the file system, as `overlay`, `cgroup2`, `nsfs`
    /// @param superOptions those of the file system, not of the mount
    public record Mount(Path point, String type, String source, List<String> superOptions) {
        public Mount {
            superOptions = List.copyOf(superOptions);
        }
    }
}
