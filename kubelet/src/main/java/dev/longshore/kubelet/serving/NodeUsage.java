package dev.longshore.kubelet.serving;

import static java.util.Objects.requireNonNull;

import dev.longshore.base.Json;
import dev.longshore.base.Time;
import dev.longshore.kubelet.pods.PodSnapshot;
import dev.longshore.kubelet.pods.PodWorkers;
import dev.longshore.runtime.ContainerStats;
import dev.longshore.runtime.ContainerStatus;
import dev.longshore.runtime.Containers;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// What node, pods and containers use, in the two forms in which it is asked for: `/metrics/resource` for
/// metrics servers and `/stats/summary` for people.
public final class NodeUsage {

    private static final int NANO_SCALE = 9;
    private static final long NANOS = 1_000_000_000;
    private static final int TICKS_PER_SECOND = 100;
    private static final long KIBI = 1024;

    private final String nodeName;
    private final PodWorkers pods;
    private final Containers containers;
    private final Time time;
    private final Path proc;
    private final PretendedTotal total;

    /// `proc` is where the machine tells of itself; of a pretended one it does not exist, and the node uses
    /// what its containers use, and a little.
    public NodeUsage(String nodeName, PodWorkers pods, Containers containers, Time time, Path proc) {
        this.nodeName = requireNonNull(nodeName, "nodeName");
        this.pods = requireNonNull(pods, "pods");
        this.containers = requireNonNull(containers, "containers");
        this.time = requireNonNull(time, "time");
        this.proc = requireNonNull(proc, "proc");
        this.total = new PretendedTotal(time);
    }

    String metrics() {
        List<PodUse> all = all();
        Use node = node(all);
        var text = new StringBuilder();
        head(
                text,
                "container_cpu_usage_seconds_total",
                "counter",
                "Cumulative cpu time consumed by the container in core-seconds");
        each(
                all,
                (pod, use) ->
                        line(text, "container_cpu_usage_seconds_total", labels(pod, use), use.cpuSeconds(), use.at));
        head(text, "container_memory_working_set_bytes", "gauge", "Current working set of the container in bytes");
        each(
                all,
                (pod, use) -> line(text, "container_memory_working_set_bytes", labels(pod, use), use.bytes(), use.at));
        head(text, "container_start_time_seconds", "gauge", "Start time of the container since unix epoch in seconds");
        each(
                all,
                (pod, use) -> use.startSeconds()
                        .ifPresent(start -> text.append("container_start_time_seconds")
                                .append(labels(pod, use))
                                .append(' ')
                                .append(start.toPlainString())
                                .append('\n')));
        head(
                text,
                "node_cpu_usage_seconds_total",
                "counter",
                "Cumulative cpu time consumed by the node in core-seconds");
        line(text, "node_cpu_usage_seconds_total", "", node.cpuSeconds(), node.at);
        head(text, "node_memory_working_set_bytes", "gauge", "Current working set of the node in bytes");
        line(text, "node_memory_working_set_bytes", "", node.bytes(), node.at);
        head(text, "pod_cpu_usage_seconds_total", "counter", "Cumulative cpu time consumed by the pod in core-seconds");
        all.forEach(pod ->
                line(text, "pod_cpu_usage_seconds_total", labels(pod), pod.sum().cpuSeconds(), pod.sum().at));
        head(text, "pod_memory_working_set_bytes", "gauge", "Current working set of the pod in bytes");
        all.forEach(pod -> line(
                text, "pod_memory_working_set_bytes", labels(pod), pod.sum().bytes(), pod.sum().at));
        head(
                text,
                "resource_scrape_error",
                "gauge",
                "1 if there was an error while getting container metrics, 0 otherwise");
        text.append("resource_scrape_error 0\n");
        return text.toString();
    }

    byte[] summary() {
        List<PodUse> all = all();
        ObjectNode summary = Json.object();
        ObjectNode node = summary.putObject("node");
        node.put("nodeName", nodeName);
        put(node, node(all));
        var list = summary.putArray("pods");
        for (PodUse pod : all) {
            ObjectNode entry = list.addObject();
            entry.putObject("podRef")
                    .put("name", pod.name)
                    .put("namespace", pod.namespace)
                    .put("uid", pod.uid);
            put(entry, pod.sum());
            var inside = entry.putArray("containers");
            pod.containers.forEach(use -> put(inside.addObject().put("name", use.name), use));
        }
        return Json.bytes(summary);
    }

    private static void put(ObjectNode entry, Use use) {
        entry.putObject("cpu").put("time", use.at.toString()).put("usageCoreNanoSeconds", use.cpuNanos);
        entry.putObject("memory")
                .put("time", use.at.toString())
                .put("usageBytes", use.memory)
                .put("workingSetBytes", use.workingSet);
    }

    private List<PodUse> all() {
        var all = new ArrayList<PodUse>();
        for (PodSnapshot pod : pods.pods()) {
            var uses = new ArrayList<Use>();
            pod.containers().forEach((name, view) -> {
                if (view.isRunning()) {
                    Optional<Instant> start = containers.status(view.id()).flatMap(ContainerStatus::startedAt);
                    containers.stats(view.id()).ifPresent(stats -> uses.add(Use.of(name, start, stats)));
                }
            });
            if (!uses.isEmpty()) {
                var meta = pod.pod().getMetadata();
                all.add(new PodUse(meta.getNamespace(), meta.getName(), meta.getUid(), uses));
            }
        }
        return all;
    }

    private Use node(List<PodUse> all) {
        try {
            String cpu =
                    Files.readString(proc.resolve("stat")).lines().findFirst().orElse("");
            String[] ticks = cpu.strip().split("\\s+");
            long busy = 0;
            for (int i = 1; i < ticks.length; i++) {
                // Columns 4 and 5 are idle and waiting for the disk; guest time is within user time.
                busy += i == 4 || i == 5 || i > 8 ? 0 : Long.parseLong(ticks[i]);
            }
            String memory = Files.readString(proc.resolve("meminfo"));
            long used = (kibi(memory, "MemTotal") - kibi(memory, "MemAvailable")) * KIBI;
            return new Use("", Optional.empty(), time.now(), busy * (NANOS / TICKS_PER_SECOND), used, used);
        } catch (IOException pretended) {
            return pretended(all);
        }
    }

    private Use pretended(List<PodUse> all) {
        var nanos = new HashMap<String, Long>();
        long memory = PretendedTotal.OWN_BYTES;
        for (PodUse pod : all) {
            for (Use use : pod.containers) {
                nanos.put(
                        pod.uid + "/" + use.name + "/"
                                + use.start.map(Instant::toString).orElse(""),
                        use.cpuNanos);
                memory += use.workingSet;
            }
        }
        return new Use("", Optional.empty(), time.now(), total.nanos(nanos), memory, memory);
    }

    private static long kibi(String meminfo, String name) {
        return meminfo.lines()
                .filter(line -> line.startsWith(name + ":"))
                .map(line -> line.replaceAll("[^0-9]", ""))
                .mapToLong(Long::parseLong)
                .findFirst()
                .orElse(0);
    }

    private static void each(List<PodUse> all, java.util.function.BiConsumer<PodUse, Use> visitor) {
        all.forEach(pod -> pod.containers.forEach(use -> visitor.accept(pod, use)));
    }

    private static void head(StringBuilder text, String name, String type, String help) {
        text.append("# HELP ").append(name).append(" [STABLE] ").append(help).append('\n');
        text.append("# TYPE ").append(name).append(' ').append(type).append('\n');
    }

    private static void line(StringBuilder text, String name, String labels, BigDecimal value, Instant at) {
        text.append(name).append(labels).append(' ');
        // Exact: differences of what a year has added up are told from it.
        text.append(value.stripTrailingZeros().toPlainString())
                .append(' ')
                .append(at.toEpochMilli())
                .append('\n');
    }

    private static String labels(PodUse pod) {
        return "{namespace=\"%s\",pod=\"%s\"}".formatted(pod.namespace, pod.name);
    }

    private static String labels(PodUse pod, Use use) {
        return "{container=\"%s\",namespace=\"%s\",pod=\"%s\"}".formatted(use.name, pod.namespace, pod.name);
    }

    private record PodUse(String namespace, String name, String uid, List<Use> containers) {
        Use sum() {
            return new Use(
                    "",
                    Optional.empty(),
                    containers.getFirst().at,
                    containers.stream().mapToLong(Use::cpuNanos).sum(),
                    containers.stream().mapToLong(Use::memory).sum(),
                    containers.stream().mapToLong(Use::workingSet).sum());
        }
    }

    private record Use(String name, Optional<Instant> start, Instant at, long cpuNanos, long memory, long workingSet) {
        static Use of(String name, Optional<Instant> start, ContainerStats stats) {
            return new Use(
                    name, start, stats.at(), stats.cpuNanos(), stats.memoryUsageBytes(), stats.workingSetBytes());
        }

        BigDecimal cpuSeconds() {
            return BigDecimal.valueOf(cpuNanos, NANO_SCALE);
        }

        BigDecimal bytes() {
            return BigDecimal.valueOf(workingSet);
        }

        Optional<BigDecimal> startSeconds() {
            return start.map(
                    at -> BigDecimal.valueOf(at.getEpochSecond()).add(BigDecimal.valueOf(at.getNano(), NANO_SCALE)));
        }
    }
}
