package dev.longshore.docker;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;

/// What this host can do for containers, read anew whenever it is asked for.
///
/// @param cgroups where cgroups are mounted
/// @param proc where the kernel tells of itself
record HostAbilities(Path cgroups, Path proc) {

    /// Those of this host.
    static final HostAbilities HERE = new HostAbilities(Path.of("/sys/fs/cgroup"), Path.of("/proc"));

    boolean isUnified() {
        return Files.exists(cgroups.resolve("cgroup.controllers"));
    }

    /// Whether memory and swap are counted together.
    boolean countsSwap() {
        return isUnified() || Files.exists(cgroups.resolve("memory/memory.memsw.limit_in_bytes"));
    }

    /// Whether block devices are shared by weight.
    boolean weighsBlocks() {
        return isUnified()
                || Files.exists(cgroups.resolve("blkio/blkio.weight"))
                || Files.exists(cgroups.resolve("blkio/blkio.bfq.weight"));
    }

    /// Whether processes of a group can be kept from being killed when memory is short.
    boolean sparesFromKilling() {
        return Files.exists(cgroups.resolve("memory/memory.oom_control"));
    }

    boolean hasSwappiness() {
        return Files.exists(cgroups.resolve("memory/memory.swappiness"));
    }

    /// Whether packets are handed on between networks.
    boolean forwards() throws IOException {
        return text(proc.resolve("sys/net/ipv4/ip_forward")).equals("1");
    }

    String hostname() throws IOException {
        return text(proc.resolve("sys/kernel/hostname"));
    }

    String kernel() throws IOException {
        return text(proc.resolve("sys/kernel/osrelease"));
    }

    /// Bytes of memory that this host has.
    long memory() throws IOException {
        for (String line : Files.readAllLines(proc.resolve("meminfo"))) {
            if (line.startsWith("MemTotal:")) {
                return Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024;
            }
        }
        return 0;
    }

    /// The processors that groups may have, as `0-3`.
    String processors() throws IOException {
        return first(List.of("cpuset/cpuset.cpus", "cpuset.cpus.effective"), "0");
    }

    /// The memory nodes that groups may have, as `0`.
    String memoryNodes() throws IOException {
        return first(List.of("cpuset/cpuset.mems", "cpuset.mems.effective"), "0");
    }

    private String first(List<String> files, String otherwise) throws IOException {
        for (String file : files) {
            if (Files.exists(cgroups.resolve(file))) {
                return text(cgroups.resolve(file));
            }
        }
        return otherwise;
    }

    private static String text(Path file) throws IOException {
        return Files.exists(file) ? Files.readString(file).strip() : "";
    }

    /// The numbers in a list as `0-2,4`.
    ///
    /// @throws NumberFormatException when it is none
    static BitSet numbers(String list) {
        var all = new BitSet();
        for (String part : list.isEmpty() ? new String[0] : list.split(",", -1)) {
            String[] range = part.split("-", -1);
            int first = Integer.parseInt(range[0]);
            int last = range.length == 2 ? Integer.parseInt(range[1]) : first;
            if (range.length > 2 || last < first || first < 0 || last > Short.MAX_VALUE) {
                throw new NumberFormatException("no list of numbers: " + list);
            }
            all.set(first, last + 1);
        }
        return all;
    }
}
