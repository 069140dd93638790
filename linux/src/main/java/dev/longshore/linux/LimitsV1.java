package dev.longshore.linux;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;

/// Limits and usage as the files of cgroup v1 have them, each controller in a hierarchy of its own.
record LimitsV1(Cgroups cgroups, String group) {

    private static final String SWAP = "memory.memsw.limit_in_bytes";
    private static final List<String> WEIGHTS = List.of("blkio.weight", "blkio.bfq.weight");

    void apply(Cgroups.Limits limits) {
        limits.cpuPeriodMicros().ifPresent(period -> write("cpu", "cpu.cfs_period_us", period));
        limits.cpuQuotaMicros().ifPresent(quota -> write("cpu", "cpu.cfs_quota_us", quota));
        limits.cpuShares().ifPresent(shares -> write("cpu", "cpu.shares", Math.clamp(shares, 2, 262_144)));
        limits.memoryBytes().ifPresent(bytes -> write("memory", "memory.limit_in_bytes", bytes));
        limits.pids().ifPresent(count -> write("pids", "pids.max", count));
        if (cgroups.countsHugePages()) {
            limits.hugePages()
                    .forEach((size, bytes) ->
                            write("hugetlb", "hugetlb." + Cgroups.pageSize(size) + ".limit_in_bytes", bytes));
        }
        if (!limits.processors().isEmpty()) {
            write("cpuset", "cpuset.cpus", limits.processors());
        }
    }

    void apply(Cgroups.Limits limits, Cgroups.More more) {
        boolean countsSwap = Files.exists(cgroups.file("memory", group, SWAP));
        boolean swapFirst = countsSwap
                && more.memoryAndSwap().isPresent()
                && raises(more.memoryAndSwap().getAsLong());
        // Memory never exceeds memory and swap, at no moment.
        if (swapFirst) {
            write("memory", SWAP, more.memoryAndSwap().getAsLong());
        }
        apply(limits);
        if (countsSwap && !swapFirst) {
            more.memoryAndSwap().ifPresent(bytes -> write("memory", SWAP, bytes));
        }
        more.memoryReservation().ifPresent(bytes -> write("memory", "memory.soft_limit_in_bytes", bytes));
        more.blockWeight()
                .ifPresent(weight -> WEIGHTS.stream()
                        .filter(name -> Files.exists(cgroups.file("blkio", group, name)))
                        .findFirst()
                        .ifPresent(name -> write("blkio", name, weight)));
        if (!more.processors().isEmpty()) {
            write("cpuset", "cpuset.cpus", more.processors());
        }
        if (!more.memoryNodes().isEmpty()) {
            write("cpuset", "cpuset.mems", more.memoryNodes());
        }
    }

    private boolean raises(long bytes) {
        return bytes < 0 || bytes > orZero(() -> number(cgroups.file("memory", group, SWAP)));
    }

    static Cgroups.Usage usage(Cgroups cgroups, String group) throws IOException {
        long memory = number(cgroups.file("memory", group, "memory.usage_in_bytes"));
        long reclaimable = keyed(cgroups.file("memory", group, "memory.stat"), "total_inactive_file")
                .orElse(0);
        return new Cgroups.Usage(
                number(cgroups.file("cpuacct", group, "cpuacct.usage")),
                memory,
                Math.max(0, memory - reclaimable),
                optional(cgroups.file("pids", group, "pids.current")).orElse(0));
    }

    static Cgroups.Detail detail(Cgroups cgroups, String group) {
        Path cpu = cgroups.file("cpu", group, "cpu.stat");
        Path blocks = cgroups.file("blkio", group, "blkio.throttle.io_service_bytes_recursive");
        return new Cgroups.Detail(
                orZero(() -> number(cgroups.file("cpuacct", group, "cpuacct.usage_user"))),
                orZero(() -> number(cgroups.file("cpuacct", group, "cpuacct.usage_sys"))),
                orZero(() -> keyed(cpu, "nr_periods").orElse(0)),
                orZero(() -> keyed(cpu, "nr_throttled").orElse(0)),
                orZero(() -> keyed(cpu, "throttled_time").orElse(0)),
                orZero(() -> transferred(blocks, "Read")),
                orZero(() -> transferred(blocks, "Write")),
                orZero(() -> number(cgroups.file("memory", group, "memory.max_usage_in_bytes"))));
    }

    // `8:0 Read 4096`, a line for each device.
    private static long transferred(Path file, String operation) throws IOException {
        return Files.readString(file)
                .lines()
                .map(line -> line.split(" "))
                .filter(fields -> fields.length == 3 && fields[1].equals(operation))
                .mapToLong(fields -> Long.parseLong(fields[2]))
                .sum();
    }

    /// A number that may not be there.
    interface Reading {
        long read() throws IOException;
    }

    static long orZero(Reading reading) {
        try {
            return reading.read();
        } catch (IOException | NumberFormatException untold) {
            return 0;
        }
    }

    static long number(Path file) throws IOException {
        return Long.parseLong(Files.readString(file).strip());
    }

    static OptionalLong keyed(Path file, String key) throws IOException {
        return Files.readString(file)
                .lines()
                .filter(line -> line.startsWith(key + " "))
                .mapToLong(
                        line -> Long.parseLong(line.substring(key.length() + 1).strip()))
                .findFirst();
    }

    // The root's pids controller counts nothing.
    static OptionalLong optional(Path file) throws IOException {
        try {
            return OptionalLong.of(number(file));
        } catch (NoSuchFileException absent) {
            return OptionalLong.empty();
        }
    }

    private void write(String controller, String name, long value) {
        write(controller, name, name.equals("pids.max") && value < 0 ? "max" : Long.toString(value));
    }

    private void write(String controller, String name, String text) {
        Path file = cgroups.file(controller, group, name);
        try {
            Files.writeString(file, text);
        } catch (IOException refused) {
            throw new UncheckedIOException("cannot write " + text + " to " + file, refused);
        }
    }
}
