package dev.longshore.linux;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.stream.Stream;

/// Limits and usage as the files of cgroup v2 have them.
record LimitsV2(Path directory) {

    private static final long USUAL_PERIOD = 100_000;
    private static final long SMALLEST_SHARES = 2;
    private static final long LARGEST_SHARES = 262_144;

    void apply(Cgroups.Limits limits) {
        if (limits.cpuQuotaMicros().isPresent() || limits.cpuPeriodMicros().isPresent()) {
            String quota = maximum(limits.cpuQuotaMicros().orElse(-1));
            write("cpu.max", quota + " " + limits.cpuPeriodMicros().orElse(USUAL_PERIOD));
        }
        limits.cpuShares().ifPresent(shares -> write("cpu.weight", Long.toString(weight(shares))));
        limits.memoryBytes().ifPresent(bytes -> write("memory.max", maximum(bytes)));
        limits.pids().ifPresent(count -> write("pids.max", maximum(count)));
        limits.hugePages().forEach((size, bytes) -> {
            String file = "hugetlb." + Cgroups.pageSize(size) + ".max";
            if (Files.exists(directory.resolve(file))) {
                write(file, maximum(bytes));
            }
        });
        if (!limits.processors().isEmpty()) {
            write("cpuset.cpus", limits.processors());
        }
    }

    void apply(Cgroups.Limits limits, Cgroups.More more) {
        apply(limits);
        if (more.memoryAndSwap().isPresent()) {
            long both = more.memoryAndSwap().getAsLong();
            long memory = limits.memoryBytes().orElse(0);
            write("memory.swap.max", both < 0 ? "max" : Long.toString(Math.max(0, both - memory)));
        }
        more.memoryReservation().ifPresent(bytes -> write("memory.low", Long.toString(bytes)));
        more.blockWeight().ifPresent(weight -> write("io.weight", "default " + (1 + (weight - 10) * 9999 / 990)));
        if (!more.processors().isEmpty()) {
            write("cpuset.cpus", more.processors());
        }
        if (!more.memoryNodes().isEmpty()) {
            write("cpuset.mems", more.memoryNodes());
        }
    }

    static Cgroups.Usage usage(Path directory) throws IOException {
        long memory = LimitsV1.number(directory.resolve("memory.current"));
        OptionalLong reclaimable = LimitsV1.keyed(directory.resolve("memory.stat"), "inactive_file");
        OptionalLong cpuMicros = LimitsV1.keyed(directory.resolve("cpu.stat"), "usage_usec");
        return new Cgroups.Usage(
                cpuMicros.orElse(0) * 1000,
                memory,
                Math.max(0, memory - reclaimable.orElse(0)),
                LimitsV1.optional(directory.resolve("pids.current")).orElse(0));
    }

    static Cgroups.Detail detail(Path directory) {
        Path cpu = directory.resolve("cpu.stat");
        return new Cgroups.Detail(
                LimitsV1.orZero(() -> LimitsV1.keyed(cpu, "user_usec").orElse(0) * 1000),
                LimitsV1.orZero(() -> LimitsV1.keyed(cpu, "system_usec").orElse(0) * 1000),
                LimitsV1.orZero(() -> LimitsV1.keyed(cpu, "nr_periods").orElse(0)),
                LimitsV1.orZero(() -> LimitsV1.keyed(cpu, "nr_throttled").orElse(0)),
                LimitsV1.orZero(() -> LimitsV1.keyed(cpu, "throttled_usec").orElse(0) * 1000),
                LimitsV1.orZero(() -> transferred(directory.resolve("io.stat"), "rbytes=")),
                LimitsV1.orZero(() -> transferred(directory.resolve("io.stat"), "wbytes=")),
                LimitsV1.orZero(() -> LimitsV1.number(directory.resolve("memory.peak"))));
    }

    // `8:0 rbytes=4096 wbytes=0 …`, a line for each device.
    private static long transferred(Path file, String field) throws IOException {
        return Files.readString(file)
                .lines()
                .flatMap(line -> Stream.of(line.split(" ")))
                .filter(word -> word.startsWith(field))
                .mapToLong(word -> Long.parseLong(word.substring(field.length())))
                .sum();
    }

    /// Shares 2 to 262144 on a line to weights 1 to 10000, as OCI runtimes do.
    static long weight(long shares) {
        long clamped = Math.clamp(shares, SMALLEST_SHARES, LARGEST_SHARES);
        return 1 + (clamped - SMALLEST_SHARES) * 9999 / (LARGEST_SHARES - SMALLEST_SHARES);
    }

    private static String maximum(long value) {
        return value < 0 ? "max" : Long.toString(value);
    }

    private void write(String name, String text) {
        try {
            Files.writeString(directory.resolve(name), text);
        } catch (IOException refused) {
            throw new UncheckedIOException("cannot write " + text + " to " + directory.resolve(name), refused);
        }
    }
}
