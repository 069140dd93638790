package dev.longshore.journeys;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.linux.ProcessorSet;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// A cgroup as its files on the host have it, in the units of version 1.
///
/// @param path relative to the hierarchies, as `longshore-ID/kubepods/podUID`
record HostCgroup(String path) {

    private static final Path MOUNT = Path.of("/sys/fs/cgroup");
    private static final long NO_LIMIT = Long.MAX_VALUE >> 12 << 12;

    /// That of the pod with `uid`, wherever it is.
    static HostCgroup ofPod(String uid) {
        Path memory = root("memory");
        try (var all = Files.find(memory, 5, (file, facts) -> file.endsWith("pod" + uid))) {
            Path found = all.findFirst().orElseThrow(() -> new AssertionError("no cgroup of pod " + uid));
            return new HostCgroup(memory.relativize(found).toString());
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /// `kubepods`, in which it is.
    HostCgroup kubepods() {
        return new HostCgroup(path.replaceFirst("/kubepods/.*", "/kubepods"));
    }

    HostCgroup child(String name) {
        return new HostCgroup(path + "/" + name);
    }

    /// From `kubepods` on.
    String place() {
        return path.replaceFirst(".*/kubepods/", "");
    }

    /// Of CPU time beside its neighbours.
    long shares() {
        return isV2() ? (number("cpu.weight") - 1) * 262142 / 9999 + 2 : number("cpu", "cpu.shares");
    }

    /// Microseconds in 100 milliseconds; -1 for no limit.
    long quota() {
        return isV2() ? micros(text("", "cpu.max").split(" ")[0]) : number("cpu", "cpu.cfs_quota_us");
    }

    /// Bytes; -1 for no limit.
    long memory() {
        if (isV2()) {
            return micros(text("", "memory.max"));
        }
        long limit = number("memory", "memory.limit_in_bytes");
        return limit >= NO_LIMIT ? -1 : limit;
    }

    /// Bytes that it uses now.
    long memoryUse() {
        return isV2() ? number("memory.current") : number("memory", "memory.usage_in_bytes");
    }

    /// How many processes there may be; -1 for no limit.
    long pids() {
        return micros(text("pids", "pids.max"));
    }

    /// The first process.
    long firstProcess() {
        List<String> all = text("memory", "cgroup.procs").lines().toList();
        assertThat(all).as("processes of %s", path).isNotEmpty();
        return Long.parseLong(all.getFirst());
    }

    /// Those that its first process may run on.
    ProcessorSet processors() {
        Path status = Path.of("/proc", Long.toString(firstProcess()), "status");
        try {
            return Files.readAllLines(status).stream()
                    .filter(line -> line.startsWith("Cpus_allowed_list:"))
                    .map(line -> ProcessorSet.parse(line.substring(line.indexOf(':') + 1)))
                    .findFirst()
                    .orElseThrow();
        } catch (IOException gone) {
            throw new UncheckedIOException(gone);
        }
    }

    private static boolean isV2() {
        return Files.exists(MOUNT.resolve("cgroup.controllers"));
    }

    private static long micros(String text) {
        return text.equals("max") ? -1 : Long.parseLong(text);
    }

    private long number(String file) {
        return Long.parseLong(text("", file));
    }

    private long number(String controller, String file) {
        return Long.parseLong(text(controller, file));
    }

    private String text(String controller, String file) {
        try {
            return Files.readString(root(controller).resolve(path).resolve(file))
                    .strip();
        } catch (IOException missing) {
            throw new UncheckedIOException(missing);
        }
    }

    private static Path root(String controller) {
        return isV2() ? MOUNT : MOUNT.resolve(controller);
    }
}
