package dev.longshore.kubelet.serving;

import dev.longshore.linux.BlockTraffic;
import dev.longshore.linux.GroupLimits;
import dev.longshore.linux.Pressure;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToLongFunction;

/// The families of cAdvisor's that tell of control groups what no runtime tells: limits, traffic by device, waiting,
/// threads, open files.
final class GroupMetrics {

    private static final int MICRO_SCALE = 6;

    private final MetricsPage page;
    private final Groups groups;
    private final Path proc;
    private final Map<String, String> devices = new HashMap<>();

    /// @param labels of whom it is
    /// @param isContainer whether it is one container's, and not a pod's
    /// @param tasks how many threads are in it
    record Group(List<String> labels, boolean isContainer, Instant at, Groups.Facts facts, long tasks) {

        String[] named(String... more) {
            var all = new ArrayList<String>(labels);
            all.addAll(List.of(more));
            return all.toArray(String[]::new);
        }
    }

    GroupMetrics(MetricsPage page, Groups groups, Path proc) {
        this.page = page;
        this.groups = groups;
        this.proc = proc;
    }

    void write(List<Group> all) {
        learnDevices();
        limits(all);
        traffic(all);
        waiting(all);
        processes(all.stream().filter(Group::isContainer).toList());
        page.family(
                "container_oom_events_total", "counter", "Count of out of memory events observed for the container");
        all.forEach(group -> page.sampleAt(
                group.at, "container_oom_events_total", BigDecimal.valueOf(group.facts.oomKills()), group.named()));
    }

    private void limits(List<Group> all) {
        limit(all, "cpu_period", "CPU period of the container.", GroupLimits::cpuPeriodMicros);
        limit(
                all.stream()
                        .filter(group -> group.facts.limits().cpuQuotaMicros() > 0)
                        .toList(),
                "cpu_quota",
                "CPU quota of the container.",
                GroupLimits::cpuQuotaMicros);
        limit(all, "cpu_shares", "CPU share of the container.", GroupLimits::cpuShares);
        limit(all, "memory_limit_bytes", "Memory limit for the container.", GroupLimits::memoryBytes);
        limit(
                all,
                "memory_reservation_limit_bytes",
                "Memory reservation limit for the container.",
                GroupLimits::memoryReservationBytes);
        limit(all, "memory_swap_limit_bytes", "Memory swap limit for the container.", GroupLimits::memoryAndSwapBytes);
    }

    private void limit(List<Group> all, String what, String help, ToLongFunction<GroupLimits> value) {
        page.family("container_spec_" + what, "gauge", help);
        all.forEach(
                group -> page.sample("container_spec_" + what, value.applyAsLong(group.facts.limits()), group.named()));
    }

    private void traffic(List<Group> all) {
        device(all, "reads_bytes_total", "Cumulative count of bytes read", BlockTraffic::readBytes);
        device(all, "reads_total", "Cumulative count of reads completed", BlockTraffic::reads);
        device(all, "writes_bytes_total", "Cumulative count of bytes written", BlockTraffic::writtenBytes);
        device(all, "writes_total", "Cumulative count of writes completed", BlockTraffic::writes);
        page.family("container_blkio_device_usage_total", "counter", "Blkio Device bytes usage");
        for (Group group : all) {
            for (BlockTraffic one : group.facts.traffic()) {
                usage(group, one, "Read", one.readBytes());
                usage(group, one, "Write", one.writtenBytes());
            }
        }
    }

    private void usage(Group group, BlockTraffic traffic, String operation, long bytes) {
        String[] number = traffic.device().split(":");
        page.sampleAt(
                group.at,
                "container_blkio_device_usage_total",
                BigDecimal.valueOf(bytes),
                group.named("device", name(traffic), "major", number[0], "minor", number[1], "operation", operation));
    }

    private void device(List<Group> all, String what, String help, ToLongFunction<BlockTraffic> value) {
        page.family("container_fs_" + what, "counter", help);
        for (Group group : all) {
            for (BlockTraffic one : group.facts.traffic()) {
                page.sampleAt(
                        group.at,
                        "container_fs_" + what,
                        BigDecimal.valueOf(value.applyAsLong(one)),
                        group.named("device", name(one)));
            }
        }
    }

    private String name(BlockTraffic traffic) {
        return devices.getOrDefault(traffic.device(), "");
    }

    private void waiting(List<Group> all) {
        pressure(all, "cpu", "CPU");
        pressure(all, "io", "IO");
        pressure(all, "memory", "memory");
    }

    private void pressure(List<Group> all, String resource, String word) {
        stall(
                all,
                resource,
                "stalled",
                "Total time duration no tasks in the container could make progress due to %s congestion."
                        .formatted(word),
                Pressure::full);
        stall(
                all,
                resource,
                "waiting",
                "Total time duration tasks in the container have waited due to %s congestion.".formatted(word),
                Pressure::some);
    }

    private void stall(
            List<Group> all, String resource, String how, String help, Function<Pressure, Pressure.Stall> which) {
        String name = "container_pressure_%s_%s_seconds_total".formatted(resource, how);
        List<Group> telling = all.stream()
                .filter(group -> group.facts.pressure().containsKey(resource))
                .toList();
        if (telling.isEmpty()) {
            return;
        }
        page.family(name, "counter", help);
        telling.forEach(group -> page.sampleAt(
                group.at,
                name,
                BigDecimal.valueOf(
                        which.apply(group.facts.pressure().get(resource)).totalMicros(), MICRO_SCALE),
                group.named()));
    }

    private void processes(List<Group> all) {
        var open = new HashMap<Group, Groups.Open>();
        all.forEach(group -> open.put(group, groups.open(group.facts.processes())));
        count(
                all,
                "file_descriptors",
                "Number of open file descriptors for the container.",
                group -> open.get(group).files());
        count(
                all,
                "sockets",
                "Number of open sockets for the container.",
                group -> open.get(group).sockets());
        count(all, "threads", "Number of threads running inside the container", Group::tasks);
        count(
                all,
                "threads_max",
                "Maximum number of threads allowed inside the container, infinity if value is zero",
                group -> group.facts.limits().pids());
        page.family(
                "container_ulimits_soft",
                "gauge",
                "Soft ulimit values for the container root process. Unlimited if -1, except priority and nice");
        for (Group group : all) {
            group.facts.processes().stream()
                    .findFirst()
                    .flatMap(groups::mostOpenFiles)
                    .ifPresent(most -> page.sampleAt(
                            group.at,
                            "container_ulimits_soft",
                            BigDecimal.valueOf(most),
                            group.named("ulimit", "max_open_files")));
        }
    }

    private void count(List<Group> all, String what, String help, ToLongFunction<Group> value) {
        page.family("container_" + what, "gauge", help);
        all.forEach(group -> page.sampleAt(
                group.at, "container_" + what, BigDecimal.valueOf(value.applyAsLong(group)), group.named()));
    }

    /// `   8       0 sda …`, a line for each device.
    private void learnDevices() {
        try {
            for (String line : Files.readAllLines(proc.resolve("diskstats"))) {
                String[] words = line.strip().split("\\s+");
                devices.put(words[0] + ":" + words[1], "/dev/" + words[2]);
            }
        } catch (IOException untold) {
            // Then devices have no names.
        }
    }
}
