package dev.longshore.kubelet.serving;

import dev.longshore.http.Response;
import dev.longshore.kubelet.node.FileSystemSpace;
import dev.longshore.linux.InterfaceCounters;
import dev.longshore.runtime.ContainerStats;
import io.fabric8.kubernetes.api.model.NodeSystemInfo;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.ToLongFunction;

/// `/metrics/cadvisor`: the families and labels that dashboards know from cAdvisor. Root (`id="/"`), pods (without
/// a container) and containers are told of, each by its control group.
final class CadvisorMetrics {

    /// Nobody checks containers' health but the kubelet.
    private static final long NO_CHECK = -1;

    private final List<Row> rows = new ArrayList<>();
    private final List<Use.OfPod> pods;
    private final ContainerStats node;
    private final Path proc;
    private final Groups groups;
    private final Optional<FileSystemSpace> disk;
    private final NodeSystemInfo machine;
    private final Instant now;
    private final Path directory;
    private final MetricsPage page = new MetricsPage();

    /// A control group, and what it uses.
    private record Row(
            String container,
            String id,
            String image,
            String name,
            Use.OfPod pod,
            ContainerStats stats,
            Optional<Groups.Facts> facts) {

        String[] labels(String... more) {
            var all = new ArrayList<String>(List.of("container", container));
            all.addAll(List.of("id", id, "image", image, "name", name));
            all.addAll(List.of("namespace", pod == null ? "" : pod.namespace(), "pod", pod == null ? "" : pod.name()));
            all.addAll(List.of(more));
            return all.toArray(String[]::new);
        }

        boolean isContainer() {
            return !container.isEmpty();
        }
    }

    CadvisorMetrics(
            List<Use.OfPod> pods,
            ContainerStats node,
            Groups groups,
            Path proc,
            Path directory,
            Optional<FileSystemSpace> disk,
            NodeSystemInfo machine,
            Instant now) {
        this.pods = pods;
        this.node = node;
        this.groups = groups;
        this.proc = proc;
        this.directory = directory;
        this.disk = disk;
        this.machine = machine;
        this.now = now;
    }

    Response answer() {
        rows.add(new Row("", "/", "", "", null, node, Optional.empty()));
        for (Use.OfPod pod : pods) {
            String parent = "";
            for (Use use : pod.containers()) {
                Optional<String> group = groups.of(use);
                String id = group.orElse("/" + use.id());
                parent = id.substring(0, Math.max(0, id.lastIndexOf('/')));
                rows.add(
                        new Row(use.name(), id, use.image(), use.id(), pod, use.stats(), group.flatMap(groups::facts)));
            }
            rows.add(new Row("", parent, "", "", pod, pod.sum(), groups.facts(parent)));
        }
        version();
        processors();
        memory();
        disks();
        networks();
        lives();
        new GroupMetrics(page, groups, proc)
                .write(rows.stream()
                        .filter(row -> row.facts.isPresent())
                        .map(row -> new GroupMetrics.Group(
                                List.of(row.labels()),
                                row.isContainer(),
                                row.stats.at(),
                                row.facts.get(),
                                row.stats.processes()))
                        .toList());
        machine();
        return page.response();
    }

    private void version() {
        page.family(
                "cadvisor_version_info",
                "gauge",
                "A metric with a constant '1' value labeled by kernel version, OS version, docker version, cadvisor version & cadvisor revision.");
        page.sample(
                "cadvisor_version_info",
                1,
                "cadvisorRevision",
                "",
                "cadvisorVersion",
                "",
                "dockerVersion",
                "",
                "kernelVersion",
                machine.getKernelVersion() == null ? "" : machine.getKernelVersion(),
                "osVersion",
                machine.getOsImage() == null ? "" : machine.getOsImage());
    }

    private void processors() {
        seconds(
                "container_cpu_system_seconds_total",
                "Cumulative system cpu time consumed in seconds.",
                stats -> stats.detail().kernelNanos());
        page.family("container_cpu_usage_seconds_total", "counter", "Cumulative cpu time consumed in seconds.");
        for (Row row : rows) {
            // cAdvisor puts this label between the others, as all labels are in their order.
            page.sampleAt(
                    row.stats.at(),
                    "container_cpu_usage_seconds_total",
                    Use.seconds(row.stats.cpuNanos()),
                    "container",
                    row.container,
                    "cpu",
                    "total",
                    "id",
                    row.id,
                    "image",
                    row.image,
                    "name",
                    row.name,
                    "namespace",
                    row.pod == null ? "" : row.pod.namespace(),
                    "pod",
                    row.pod == null ? "" : row.pod.name());
        }
        seconds(
                "container_cpu_user_seconds_total",
                "Cumulative user cpu time consumed in seconds.",
                stats -> stats.detail().userNanos());
        limited(
                "container_cpu_cfs_periods_total",
                "Number of elapsed enforcement period intervals.",
                stats -> BigDecimal.valueOf(stats.detail().periods()));
        limited(
                "container_cpu_cfs_throttled_periods_total",
                "Number of throttled period intervals.",
                stats -> BigDecimal.valueOf(stats.detail().throttledPeriods()));
        limited(
                "container_cpu_cfs_throttled_seconds_total",
                "Total time duration the container has been throttled.",
                stats -> Use.seconds(stats.detail().throttledNanos()));
    }

    private void memory() {
        gauge(
                "container_memory_cache",
                "Number of bytes of page cache memory.",
                stats -> stats.memory().cache());
        containers(
                "container_memory_failcnt",
                "counter",
                "Number of memory usage hits limits",
                stats -> stats.memory().failures());
        page.family("container_memory_failures_total", "counter", "Cumulative count of memory allocation failures.");
        for (Row row : rows) {
            if (row.isContainer()) {
                failures(row, "pgfault", row.stats.memory().pageFaults());
                failures(row, "pgmajfault", row.stats.memory().majorFaults());
            }
        }
        gauge(
                "container_memory_kernel_usage",
                "Size of kernel memory allocated in bytes.",
                stats -> stats.memory().kernel());
        gauge(
                "container_memory_mapped_file",
                "Size of memory mapped files in bytes.",
                stats -> stats.memory().mapped());
        containers(
                "container_memory_max_usage_bytes",
                "gauge",
                "Maximum memory usage recorded in bytes",
                stats -> stats.detail().memoryPeakBytes());
        gauge(
                "container_memory_rss",
                "Size of RSS in bytes.",
                stats -> stats.memory().anonymous());
        gauge(
                "container_memory_swap",
                "Container swap usage in bytes.",
                stats -> stats.memory().swap());
        gauge(
                "container_memory_total_active_file_bytes",
                "Current total active file in bytes.",
                stats -> stats.memory().activeFile());
        gauge(
                "container_memory_total_inactive_file_bytes",
                "Current total inactive file in bytes.",
                stats -> stats.memory().inactiveFile());
        gauge(
                "container_memory_usage_bytes",
                "Current memory usage in bytes, including all memory regardless of when it was accessed",
                ContainerStats::memoryUsageBytes);
        gauge("container_memory_working_set_bytes", "Current working set in bytes.", ContainerStats::workingSetBytes);
    }

    private void failures(Row row, String type, long count) {
        page.sampleAt(
                row.stats.at(),
                "container_memory_failures_total",
                BigDecimal.valueOf(count),
                row.labels("failure_type", type, "scope", "hierarchy"));
    }

    private void disks() {
        String[] labels = rows.getFirst().labels("device", device());
        disk.ifPresent(space -> {
            ofDisk(
                    "limit_bytes",
                    "Number of bytes that can be consumed by the container on this filesystem.",
                    space.bytes().capacity(),
                    labels);
            ofDisk(
                    "usage_bytes",
                    "Number of bytes that are consumed by the container on this filesystem.",
                    space.bytes().capacity() - space.free(),
                    labels);
            ofDisk("inodes_total", "Number of Inodes", space.inodes().capacity(), labels);
            ofDisk("inodes_free", "Number of available Inodes", space.inodes().available(), labels);
        });
    }

    private void ofDisk(String what, String help, long value, String... labels) {
        page.family("container_fs_" + what, "gauge", help);
        page.sampleAt(now, "container_fs_" + what, BigDecimal.valueOf(value), labels);
    }

    private String device() {
        try {
            return Files.getFileStore(directory).name();
        } catch (IOException unknown) {
            return "";
        }
    }

    private void networks() {
        network("receive", "bytes", "bytes received", InterfaceCounters.Traffic::receivedBytes);
        network("receive", "errors", "errors encountered while receiving", InterfaceCounters.Traffic::receiveErrors);
        network(
                "receive",
                "packets_dropped",
                "packets dropped while receiving",
                InterfaceCounters.Traffic::receiveDrops);
        network("receive", "packets", "packets received", InterfaceCounters.Traffic::receivedPackets);
        network("transmit", "bytes", "bytes transmitted", InterfaceCounters.Traffic::sentBytes);
        network("transmit", "errors", "errors encountered while transmitting", InterfaceCounters.Traffic::sendErrors);
        network(
                "transmit",
                "packets_dropped",
                "packets dropped while transmitting",
                InterfaceCounters.Traffic::sendDrops);
        network("transmit", "packets", "packets transmitted", InterfaceCounters.Traffic::sentPackets);
    }

    private void network(String direction, String what, String help, ToLongFunction<InterfaceCounters.Traffic> count) {
        String name = "container_network_%s_%s_total".formatted(direction, what);
        page.family(name, "counter", "Cumulative count of " + help);
        for (Row row : rows) {
            boolean isRoot = row.pod == null;
            if (row.isContainer() || !isRoot && row.pod.pid() == 0) {
                continue;
            }
            List<InterfaceCounters.Traffic> interfaces = isRoot
                    ? InterfaceCounters.read(proc.resolve("net/dev"))
                    : InterfaceCounters.of(proc, row.pod.pid());
            for (InterfaceCounters.Traffic one : interfaces) {
                page.sampleAt(
                        row.stats.at(),
                        name,
                        BigDecimal.valueOf(count.applyAsLong(one)),
                        row.labels("interface", one.name()));
            }
        }
    }

    private void lives() {
        page.family("container_last_seen", "gauge", "Last time a container was seen by the exporter");
        rows.forEach(row ->
                page.sampleAt(now, "container_last_seen", BigDecimal.valueOf(now.getEpochSecond()), row.labels()));
        page.family("container_processes", "gauge", "Number of processes running inside the container.");
        for (Row row : rows) {
            if (row.pod != null) {
                long count =
                        row.facts.map(facts -> (long) facts.processes().size()).orElseGet(row.stats::processes);
                page.sampleAt(row.stats.at(), "container_processes", BigDecimal.valueOf(count), row.labels());
            }
        }
        containers("container_health_state", "gauge", "The result of the container's health check", stats -> NO_CHECK);
        page.family(
                "container_start_time_seconds", "gauge", "Start time of the container since unix epoch in seconds.");
        for (Row row : rows) {
            if (row.isContainer()) {
                row.pod.containers().stream()
                        .filter(use -> use.name().equals(row.container))
                        .flatMap(use -> use.start().stream())
                        .forEach(start -> page.sample(
                                "container_start_time_seconds",
                                BigDecimal.valueOf(start.getEpochSecond()),
                                row.labels()));
            }
        }
        page.family(
                "container_scrape_error",
                "gauge",
                "1 if there was an error while getting container metrics, 0 otherwise");
        page.sample("container_scrape_error", 0);
    }

    private void machine() {
        String meminfo = text("meminfo");
        machine(
                "machine_cpu_cores",
                "Number of logical CPU cores.",
                Runtime.getRuntime().availableProcessors());
        new ProcessorCounts(text("cpuinfo")).ifKnown((cores, sockets) -> {
            machine("machine_cpu_physical_cores", "Number of physical CPU cores.", cores);
            machine("machine_cpu_sockets", "Number of CPU sockets.", sockets);
        });
        machine(
                "machine_memory_bytes",
                "Amount of memory installed on the machine.",
                NodeUsage.kibi(meminfo, "MemTotal"));
        machine(
                "machine_swap_bytes",
                "Amount of swap memory available on the machine.",
                NodeUsage.kibi(meminfo, "SwapTotal"));
        page.family(
                "machine_scrape_error", "gauge", "1 if there was an error while getting machine metrics, 0 otherwise.");
        page.sample("machine_scrape_error", 0);
    }

    private void machine(String name, String help, long value) {
        page.family(name, "gauge", help);
        page.sample(
                name,
                value,
                "boot_id",
                machine.getBootID() == null ? "" : machine.getBootID(),
                "machine_id",
                machine.getMachineID() == null ? "" : machine.getMachineID(),
                "system_uuid",
                machine.getSystemUUID() == null ? "" : machine.getSystemUUID());
    }

    private void seconds(String name, String help, ToLongFunction<ContainerStats> nanos) {
        page.family(name, "counter", help);
        for (Row row : rows) {
            if (row.isContainer()) {
                page.sampleAt(row.stats.at(), name, Use.seconds(nanos.applyAsLong(row.stats)), row.labels());
            }
        }
    }

    /// Of containers that have a limit of CPU time.
    private void limited(String name, String help, Function<ContainerStats, BigDecimal> value) {
        page.family(name, "counter", help);
        for (Row row : rows) {
            boolean isLimited = row.facts
                    .map(facts -> facts.limits().cpuQuotaMicros() > 0)
                    .orElseGet(() -> row.stats.detail().periods() > 0);
            if (row.isContainer() && isLimited) {
                page.sampleAt(row.stats.at(), name, value.apply(row.stats), row.labels());
            }
        }
    }

    private void gauge(String name, String help, ToLongFunction<ContainerStats> value) {
        page.family(name, "gauge", help);
        for (Row row : rows) {
            page.sampleAt(row.stats.at(), name, BigDecimal.valueOf(value.applyAsLong(row.stats)), row.labels());
        }
    }

    private void containers(String name, String type, String help, ToLongFunction<ContainerStats> value) {
        page.family(name, type, help);
        for (Row row : rows) {
            if (row.isContainer()) {
                page.sampleAt(row.stats.at(), name, BigDecimal.valueOf(value.applyAsLong(row.stats)), row.labels());
            }
        }
    }

    private String text(String file) {
        try {
            return Files.readString(proc.resolve(file));
        } catch (IOException gone) {
            return "";
        }
    }
}
