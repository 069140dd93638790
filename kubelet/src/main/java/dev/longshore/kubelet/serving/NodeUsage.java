package dev.longshore.kubelet.serving;

import static java.util.Objects.requireNonNull;

import dev.longshore.base.Time;
import dev.longshore.http.Response;
import dev.longshore.kubelet.node.NodeDisks;
import dev.longshore.kubelet.pods.PodSnapshot;
import dev.longshore.kubelet.pods.PodWorkers;
import dev.longshore.runtime.ContainerStats;
import dev.longshore.runtime.Containers;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.NodeSystemInfo;
import io.fabric8.kubernetes.api.model.PodStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/// What node, pods and containers use, in the forms in which it is asked for: `/metrics/resource` for metrics
/// servers, `/metrics/cadvisor` for dashboards and `/stats/summary` for people.
public final class NodeUsage {

    private static final long NANOS = 1_000_000_000;
    private static final int TICKS_PER_SECOND = 100;
    private static final long KIBI = 1024;

    private final String nodeName;
    private final PodWorkers pods;
    private final Containers containers;
    private final Time time;
    private final Path proc;
    private final Path disk;
    private final StorageUse storage;
    private final Supplier<Long> images;
    private final Supplier<NodeSystemInfo> machine;
    private final PretendedTotal total;
    private final Rates rates = new Rates();

    /// @param proc where the machine tells of itself; of a pretended one it does not exist, and the node uses
    /// what its containers use, and a little
    /// @param disks where pods and images are
    /// @param images how many bytes images take
    public NodeUsage(
            String nodeName,
            PodWorkers pods,
            Containers containers,
            Time time,
            Path proc,
            NodeDisks disks,
            Supplier<Long> images,
            Supplier<NodeSystemInfo> machine) {
        this.nodeName = requireNonNull(nodeName, "nodeName");
        this.pods = requireNonNull(pods, "pods");
        this.containers = requireNonNull(containers, "containers");
        this.time = requireNonNull(time, "time");
        this.proc = requireNonNull(proc, "proc");
        this.disk = disks.node();
        this.storage = new StorageUse(pods, containers, disks, time);
        this.images = requireNonNull(images, "images");
        this.machine = requireNonNull(machine, "machine");
        this.total = new PretendedTotal(time);
    }

    String nodeName() {
        return nodeName;
    }

    /// What of the volumes with claims is used, as gauges for them.
    void volumes(MetricsPage page) {
        new ClaimedVolumes(pods.pods(), storage).write(page);
    }

    Response resourceMetrics() {
        List<Use.OfPod> all = all();
        return ResourceMetrics.answer(all, node(all));
    }

    Response cadvisorMetrics() {
        List<Use.OfPod> all = all();
        return new CadvisorMetrics(
                        all, node(all), new Groups(proc), proc, disk, storage.disk(), machine.get(), time.now())
                .answer();
    }

    /// @param onlyCpuAndMemory leaves the rest out
    Response summary(boolean onlyCpuAndMemory) {
        List<Use.OfPod> all = all();
        return new StatsSummary(
                        nodeName, all, node(all), new Groups(proc), proc, storage, images, rates, onlyCpuAndMemory)
                .answer();
    }

    private List<Use.OfPod> all() {
        var all = new ArrayList<Use.OfPod>();
        for (PodSnapshot pod : pods.pods()) {
            var uses = new ArrayList<Use>();
            pod.containers().forEach((name, view) -> {
                if (view.isRunning()) {
                    containers
                            .stats(view.id())
                            .ifPresent(stats ->
                                    uses.add(Use.of(name, image(pod, name), containers.status(view.id()), stats)));
                }
            });
            if (!uses.isEmpty()) {
                all.add(new Use.OfPod(
                        pod, pod.status().map(PodStatus::getStartTime).flatMap(NodeUsage::instant), uses));
            }
        }
        return all;
    }

    private static String image(PodSnapshot pod, String container) {
        return ServedPods.container(pod, container).map(Container::getImage).orElse("");
    }

    private static Optional<Instant> instant(String text) {
        try {
            return Optional.of(Instant.parse(text));
        } catch (DateTimeParseException unreadable) {
            return Optional.empty();
        }
    }

    private ContainerStats node(List<Use.OfPod> all) {
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
            long used = kibi(memory, "MemTotal") - kibi(memory, "MemFree");
            long workingSet = kibi(memory, "MemTotal") - kibi(memory, "MemAvailable");
            var parts = new ContainerStats.Memory(
                    kibi(memory, "AnonPages"),
                    kibi(memory, "Cached"),
                    kibi(memory, "Mapped"),
                    kibi(memory, "KReclaimable"),
                    kibi(memory, "SwapTotal") - kibi(memory, "SwapFree"),
                    kibi(memory, "Active(file)"),
                    kibi(memory, "Inactive(file)"),
                    0,
                    0,
                    0);
            return new ContainerStats(
                    time.now(),
                    busy * (NANOS / TICKS_PER_SECOND),
                    used,
                    workingSet,
                    0,
                    ContainerStats.Detail.NONE,
                    parts);
        } catch (IOException pretended) {
            return pretended(all);
        }
    }

    private ContainerStats pretended(List<Use.OfPod> all) {
        var nanos = new HashMap<String, Long>();
        long memory = PretendedTotal.OWN_BYTES;
        for (Use.OfPod pod : all) {
            for (Use use : pod.containers()) {
                nanos.put(
                        pod.uid() + "/" + use.name() + "/"
                                + use.start().map(Instant::toString).orElse(""),
                        use.stats().cpuNanos());
                memory += use.stats().workingSetBytes();
            }
        }
        return new ContainerStats(time.now(), total.nanos(nanos), memory, memory, 0);
    }

    static long kibi(String meminfo, String name) {
        return meminfo.lines()
                .filter(line -> line.startsWith(name + ":"))
                .map(line -> line.substring(name.length()).replaceAll("[^0-9]", ""))
                .mapToLong(digits -> Long.parseLong(digits) * KIBI)
                .findFirst()
                .orElse(0);
    }
}
