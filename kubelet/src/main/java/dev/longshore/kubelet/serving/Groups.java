package dev.longshore.kubelet.serving;

import dev.longshore.linux.BlockTraffic;
import dev.longshore.linux.Cgroups;
import dev.longshore.linux.GroupLimits;
import dev.longshore.linux.Pressure;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The control groups of what runs here, read as the kernel tells them, whichever runtime made them. On a machine that
/// only pretends there are none.
final class Groups {

    private final Path proc;
    private final Optional<Cgroups> cgroups;
    private final Map<String, Optional<Facts>> known = new HashMap<>();

    /// What the kernel tells of one group.
    ///
    /// @param oomKills of its processes
    record Facts(
            GroupLimits limits,
            long oomKills,
            List<BlockTraffic> traffic,
            Map<String, Pressure> pressure,
            List<Integer> processes) {}

    /// @param proc of the machine; does not exist on a pretended one
    Groups(Path proc) {
        this.proc = proc;
        this.cgroups = Files.exists(proc.resolve("self/cgroup")) ? detect() : Optional.empty();
    }

    private static Optional<Cgroups> detect() {
        try {
            return Optional.of(Cgroups.detect());
        } catch (IllegalStateException none) {
            return Optional.empty();
        }
    }

    /// The group that a container's first process is in, as the kernel spells it; empty if it has none here.
    Optional<String> of(Use use) {
        return use.pid() == 0
                ? Optional.empty()
                : text(use.pid() + "/cgroup")
                        .lines()
                        .map(line -> line.split(":", 3))
                        .filter(parts -> parts.length == 3)
                        .filter(parts -> parts[1].isEmpty()
                                || List.of(parts[1].split(",")).contains("memory"))
                        // With both hierarchies the older one limits memory.
                        .sorted((a, b) -> Boolean.compare(a[1].isEmpty(), b[1].isEmpty()))
                        .map(parts -> parts[2])
                        .findFirst();
    }

    /// What is known of a group by that name.
    Optional<Facts> facts(String group) {
        return cgroups.flatMap(groups ->
                known.computeIfAbsent(group.startsWith("/") ? group.substring(1) : group, name -> read(groups, name)));
    }

    private static Optional<Facts> read(Cgroups cgroups, String group) {
        if (group.isEmpty()) {
            return Optional.empty();
        }
        return GroupLimits.of(cgroups, group).map(limits -> {
            var pressure = new HashMap<String, Pressure>();
            for (String resource : List.of("cpu", "memory", "io")) {
                Pressure.of(cgroups, group, resource).ifPresent(found -> pressure.put(resource, found));
            }
            return new Facts(
                    limits,
                    cgroups.oomKills(group),
                    BlockTraffic.of(cgroups, group),
                    pressure,
                    cgroups.processes(group));
        });
    }

    /// How much the whole machine waits.
    Optional<Pressure> pressure(String resource) {
        return Pressure.read(proc.resolve("pressure").resolve(resource));
    }

    /// How many files processes have open, and how many of these are sockets.
    record Open(long files, long sockets) {}

    /// What these have open together.
    Open open(List<Integer> processes) {
        long files = 0;
        long sockets = 0;
        for (int pid : processes) {
            try (DirectoryStream<Path> all = Files.newDirectoryStream(proc.resolve(pid + "/fd"))) {
                for (Path one : all) {
                    files++;
                    sockets += isSocket(one) ? 1 : 0;
                }
            } catch (IOException | java.nio.file.DirectoryIteratorException gone) {
                // It has ended meanwhile.
                continue;
            }
        }
        return new Open(files, sockets);
    }

    private static boolean isSocket(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString().startsWith("socket:");
        } catch (IOException closed) {
            return false;
        }
    }

    /// How many files a process may have open; empty when it is gone.
    Optional<Long> mostOpenFiles(int pid) {
        return text(pid + "/limits")
                .lines()
                .filter(line -> line.startsWith("Max open files"))
                .map(line -> line.substring("Max open files".length()).strip().split("\\s+")[0])
                .map(soft -> soft.equals("unlimited") ? -1L : Long.parseLong(soft))
                .findFirst();
    }

    private String text(String file) {
        try {
            return Files.readString(proc.resolve(file));
        } catch (IOException gone) {
            return "";
        }
    }
}
