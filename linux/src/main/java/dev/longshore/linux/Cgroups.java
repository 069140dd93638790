package dev.longshore.linux;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/// The host's control groups, whichever of the layouts v1, hybrid and v2 it has. A group is named by its path
/// relative to the hierarchies' roots, as `longshore-ID/kubepods/podUID`, and is made in all hierarchies that
/// limit anything. Thread-safe.
public final class Cgroups {

    private static final List<String> LIMITING = List.of("cpu", "cpuacct", "memory", "pids", "hugetlb");
    private static final List<String> HANDED_ON = List.of("cpu", "cpuset", "memory", "pids", "hugetlb", "io");
    private static final String UNIFIED = "unified";
    private static final long KILL_ROUNDS = 50;

    private final Layout layout;
    private final Map<String, Path> hierarchies;

    private Cgroups(Layout layout, Map<String, Path> hierarchies) {
        this.layout = layout;
        this.hierarchies = hierarchies;
    }

    /// What the host has mounted.
    ///
    /// @throws IllegalStateException when it has none
    public static Cgroups detect() {
        try {
            return of(Mounts.parse(Files.readString(Path.of("/proc/self/mountinfo"))));
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /// Version 2 alone, mounted at `root`.
    public static Cgroups unifiedAt(Path root) {
        return new Cgroups(Layout.V2, Map.of("", root));
    }

    static Cgroups of(List<Mounts.Mount> mounts) {
        var v1 = new LinkedHashMap<String, Path>();
        Optional<Path> unified = Optional.empty();
        for (Mounts.Mount mount : mounts) {
            if (mount.type().equals("cgroup2") && unified.isEmpty()) {
                unified = Optional.of(mount.point());
            } else if (mount.type().equals("cgroup")) {
                mount.superOptions().stream()
                        .filter(option -> !List.of("rw", "ro", "xattr", "none").contains(option))
                        .filter(option -> !option.contains("=") || option.startsWith("name="))
                        .forEach(controller -> v1.putIfAbsent(controller, mount.point()));
            }
        }
        if (v1.containsKey("memory")) {
            // It limits nothing there, but some runtimes make groups in it as well.
            unified.ifPresent(root -> v1.put(UNIFIED, root));
            return new Cgroups(unified.isPresent() ? Layout.HYBRID : Layout.V1, v1);
        }
        Path root = unified.orElseThrow(() -> new IllegalStateException("no cgroups are mounted on this host"));
        return new Cgroups(Layout.V2, Map.of("", root));
    }

    /// Which of the three.
    public Layout layout() {
        return layout;
    }

    /// Makes `group` and those above it.
    public void create(String group) {
        for (Path root : limitingRoots()) {
            try {
                Files.createDirectories(root.resolve(group));
                if (layout == Layout.V2) {
                    delegate(root, group);
                }
            } catch (IOException denied) {
                throw new UncheckedIOException("cannot make cgroup " + root.resolve(group), denied);
            }
        }
    }

    /// The directories of `group` that are not there, in the hierarchies that limit anything.
    public List<Path> missing(String group) {
        return limitingRoots().stream()
                .map(root -> root.resolve(group))
                .filter(directory -> !Files.isDirectory(directory))
                .toList();
    }

    /// Sets what `limits` names and leaves the rest.
    public void limit(String group, Limits limits) {
        if (layout == Layout.V2) {
            new LimitsV2(hierarchies.get("").resolve(group)).apply(limits);
        } else {
            new LimitsV1(this, group).apply(limits);
        }
    }

    /// The same, and what `more` names.
    public void limit(String group, Limits limits, More more) {
        if (layout == Layout.V2) {
            new LimitsV2(hierarchies.get("").resolve(group)).apply(limits, more);
        } else {
            new LimitsV1(this, group).apply(limits, more);
        }
    }

    /// What `group` and those below it use; empty when it is gone.
    public Optional<Usage> usage(String group) {
        try {
            return Optional.of(
                    layout == Layout.V2
                            ? LimitsV2.usage(hierarchies.get("").resolve(group))
                            : LimitsV1.usage(this, group));
        } catch (NoSuchFileException gone) {
            return Optional.empty();
        } catch (FileSystemException vanishing) {
            return Optional.empty();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /// More of what `group` uses; zero where the kernel does not tell.
    public Detail detail(String group) {
        return layout == Layout.V2 ? LimitsV2.detail(hierarchies.get("").resolve(group)) : LimitsV1.detail(this, group);
    }

    /// What the memory that `group` uses consists of.
    public MemoryUse memory(String group) {
        return layout == Layout.V2
                ? MemoryUse.v2(hierarchies.get("").resolve(group))
                : MemoryUse.v1(file("memory", group, ""));
    }

    /// How many processes of `group` and those below it the kernel has killed because memory was short.
    public long oomKills(String group) {
        Path file =
                layout == Layout.V2 ? file("", group, "memory.events") : file("memory", group, "memory.oom_control");
        return LimitsV1.orZero(() -> LimitsV1.keyed(file, "oom_kill").orElse(0));
    }

    /// How many processes of `group` the kernel has killed for want of memory; 0 where it does not tell.
    public long killedForMemory(String group) {
        Path file = layout == Layout.V2
                ? hierarchies.get("").resolve(group).resolve("memory.events")
                : file("memory", group, "memory.oom_control");
        return LimitsV1.orZero(() -> LimitsV1.keyed(file, "oom_kill").orElse(0));
    }

    /// The processes in `group` and in those below it, in any hierarchy.
    public List<Integer> processes(String group) {
        var pids = new TreeSet<Integer>();
        for (Path root : allRoots()) {
            for (Path directory : tree(root.resolve(group))) {
                pids.addAll(read(directory.resolve("cgroup.procs")));
            }
        }
        return List.copyOf(pids);
    }

    /// Kills every process in `group` and below, as long as it takes for those that fork meanwhile (at most
    /// some dozens of rounds).
    public void kill(String group) {
        for (int round = 0; round < KILL_ROUNDS; round++) {
            List<Processes.Identity> alive = processes(group).stream()
                    .map(Processes::identify)
                    .flatMap(Optional::stream)
                    .toList();
            if (alive.isEmpty()) {
                return;
            }
            alive.forEach(process -> Processes.signal(process, Processes.signalNumber("KILL")));
            Thread.onSpinWait();
        }
    }

    /// Removes `group` and those below it; what still holds processes stays, and is told.
    ///
    /// @return whether all of it is gone
    public boolean remove(String group) {
        boolean gone = true;
        for (Path root : allRoots()) {
            for (Path directory : tree(root.resolve(group)).reversed()) {
                gone &= removeOne(directory);
            }
        }
        return gone;
    }

    /// The file of `group` that moves a process into it when its pid is written there: in the hierarchy that an
    /// init system watches, if there is one, so that stopping a unit does not end what left it.
    public Path membership(String group) {
        Path root = hierarchies.getOrDefault("name=systemd", limitingRoots().getFirst());
        return root.resolve(group).resolve("cgroup.procs");
    }

    /// Makes `group` where [#membership] is.
    public void createMembership(String group) {
        try {
            Files.createDirectories(membership(group).getParent());
        } catch (IOException denied) {
            throw new UncheckedIOException(denied);
        }
    }

    /// The groups directly below `group`, in any hierarchy.
    public List<String> children(String group) {
        var names = new TreeSet<String>();
        for (Path root : allRoots()) {
            try (Stream<Path> entries = Files.list(root.resolve(group))) {
                entries.filter(Files::isDirectory)
                        .forEach(entry -> names.add(entry.getFileName().toString()));
            } catch (IOException gone) {
                continue;
            }
        }
        return List.copyOf(names);
    }

    Path file(String controller, String group, String name) {
        return hierarchies
                .getOrDefault(controller, Path.of("/nonexistent"))
                .resolve(group)
                .resolve(name);
    }

    private List<Path> allRoots() {
        return List.copyOf(new TreeSet<>(hierarchies.values()));
    }

    private List<Path> limitingRoots() {
        if (layout == Layout.V2) {
            return List.copyOf(hierarchies.values());
        }
        return LIMITING.stream()
                .filter(hierarchies::containsKey)
                .map(hierarchies::get)
                .distinct()
                .toList();
    }

    // In v2 a group's children can be limited only by controllers that the group hands on.
    private static void delegate(Path root, String group) throws IOException {
        Path at = root;
        for (Path part : Path.of(group)) {
            Path handOn = at.resolve("cgroup.subtree_control");
            Set<String> present = controllers(at);
            for (String controller : HANDED_ON) {
                if (present.isEmpty() || present.contains(controller)) {
                    Files.writeString(handOn, "+" + controller);
                }
            }
            at = at.resolve(part);
        }
    }

    // Not every kernel has all of them; one that says nothing is asked for all.
    private static Set<String> controllers(Path group) {
        try {
            return Set.of(Files.readString(group.resolve("cgroup.controllers"))
                    .strip()
                    .split(" "));
        } catch (IOException untold) {
            return Set.of();
        }
    }

    private static List<Path> tree(Path top) {
        if (!Files.isDirectory(top)) {
            return List.of();
        }
        try (Stream<Path> all = Files.walk(top)) {
            return all.filter(Files::isDirectory)
                    .sorted(Comparator.comparingInt(Path::getNameCount))
                    .toList();
        } catch (IOException | UncheckedIOException vanishing) {
            return List.of(top);
        }
    }

    private static List<Integer> read(Path file) {
        try {
            var pids = new ArrayList<Integer>();
            Files.readString(file)
                    .lines()
                    .map(String::strip)
                    .map(Integer::valueOf)
                    .forEach(pids::add);
            return pids;
        } catch (IOException gone) {
            return List.of();
        }
    }

    private static boolean removeOne(Path directory) {
        try {
            return Files.deleteIfExists(directory) || !Files.exists(directory);
        } catch (DirectoryNotEmptyException occupied) {
            return false;
        } catch (IOException busy) {
            return !Files.exists(directory);
        }
    }

    /// How the host mounts cgroups.
    public enum Layout {
        V1,
        HYBRID,
        V2
    }

    /// Limits in v1's units; what is empty stays.
    ///
    /// @param cpuQuotaMicros negative for none
    /// @param memoryBytes negative for none
    /// @param pids negative for none
    /// @param hugePages bytes by size of the pages in bytes; left out where the kernel does not count them
    /// @param processors as `0-2,4`; empty for as it is
    public record Limits(
            OptionalLong cpuShares,
            OptionalLong cpuQuotaMicros,
            OptionalLong cpuPeriodMicros,
            OptionalLong memoryBytes,
            OptionalLong pids,
            Map<Long, Long> hugePages,
            String processors) {

        /// Nothing is changed.
        public static final Limits NONE = new Limits(
                OptionalLong.empty(),
                OptionalLong.empty(),
                OptionalLong.empty(),
                OptionalLong.empty(),
                OptionalLong.empty());

        public Limits {
            hugePages = Map.copyOf(hugePages);
        }

        /// Without the rarer ones.
        public Limits(
                OptionalLong cpuShares,
                OptionalLong cpuQuotaMicros,
                OptionalLong cpuPeriodMicros,
                OptionalLong memoryBytes,
                OptionalLong pids) {
            this(cpuShares, cpuQuotaMicros, cpuPeriodMicros, memoryBytes, pids, Map.of(), "");
        }
    }

    /// As the files of the hugetlb controller are named: `2MB`, `1GB`, `64KB`.
    public static String pageSize(long bytes) {
        if (bytes % (1L << 30) == 0) {
            return (bytes >> 30) + "GB";
        }
        return bytes % (1L << 20) == 0 ? (bytes >> 20) + "MB" : (bytes >> 10) + "KB";
    }

    /// Whether huge pages are counted here.
    public boolean countsHugePages() {
        if (layout != Layout.V2) {
            return hierarchies.containsKey("hugetlb");
        }
        try {
            return List.of(Files.readString(hierarchies.get("").resolve("cgroup.controllers"))
                            .strip()
                            .split(" "))
                    .contains("hugetlb");
        } catch (IOException unknown) {
            return false;
        }
    }

    /// Further limits in v1's units; what is empty stays.
    ///
    /// @param processors as `0-2,4`
    /// @param memoryNodes as `0-2,4`
    /// @param memoryAndSwap bytes of both together, negative for none; left out where swap is not counted
    /// @param blockWeight 10 to 1000; left out where nothing is weighed
    public record More(
            String processors,
            String memoryNodes,
            OptionalLong memoryReservation,
            OptionalLong memoryAndSwap,
            OptionalLong blockWeight) {}

    /// More of what a group uses: CPU time in nanoseconds, how a CPU limit held it back, bytes from and to block
    /// devices, the most memory it ever used.
    public record Detail(
            long userNanos,
            long kernelNanos,
            long periods,
            long throttledPeriods,
            long throttledNanos,
            long readBytes,
            long writtenBytes,
            long memoryPeakBytes) {}

    /// What a group uses.
    public record Usage(long cpuNanos, long memoryBytes, long workingSetBytes, long processes) {}
}
