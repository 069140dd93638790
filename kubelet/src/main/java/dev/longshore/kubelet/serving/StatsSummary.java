package dev.longshore.kubelet.serving;

import dev.longshore.base.Json;
import dev.longshore.http.Response;
import dev.longshore.kubelet.node.FileSystemSpace;
import dev.longshore.linux.InterfaceCounters;
import dev.longshore.linux.Pressure;
import dev.longshore.runtime.ContainerStats;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import tools.jackson.databind.node.ObjectNode;

/// `/stats/summary` (stats.k8s.io v1alpha1, Summary): what node, pods and containers use.
///
/// @param images how many bytes they take
/// @param onlyCpuAndMemory leaves the rest out
record StatsSummary(
        String nodeName,
        List<Use.OfPod> pods,
        ContainerStats node,
        Groups groups,
        Path proc,
        StorageUse storage,
        Supplier<Long> images,
        Rates rates,
        boolean onlyCpuAndMemory) {

    Response answer() {
        ObjectNode summary = Json.object();
        ObjectNode machine = summary.putObject("node").put("nodeName", nodeName);
        podsTogether(machine);
        startTime(machine, boot());
        uses(machine, "", node, groups::pressure);
        limits(machine, node, kibi("MemTotal"), kibi("SwapFree"));
        if (!onlyCpuAndMemory) {
            network(machine, node.at(), InterfaceCounters.read(proc.resolve("net/dev")));
            disks(machine);
            ProcessLimits.of(proc)
                    .ifPresent(limit -> machine.putObject("rlimit")
                            .put("time", time(node.at()))
                            .put("maxpid", limit.most())
                            .put("curproc", limit.now()));
        }
        Optional<FileSystemSpace> disk = onlyCpuAndMemory ? Optional.empty() : storage.disk();
        var list = summary.putArray("pods");
        pods.forEach(pod -> pod(list.addObject(), pod, disk));
        return Response.json(200, Json.bytes(summary));
    }

    /// What all pods use together; of which group they are part is not told.
    private void podsTogether(ObjectNode machine) {
        if (pods.isEmpty()) {
            return;
        }
        ObjectNode all = machine.putArray("systemContainers").addObject().put("name", "pods");
        startTime(all, Optional.empty());
        uses(all, "pods", Use.OfPod.sum(pods.stream().map(Use.OfPod::sum).toList()), resource -> Optional.empty());
    }

    private void pod(ObjectNode entry, Use.OfPod pod, Optional<FileSystemSpace> disk) {
        entry.putObject("podRef")
                .put("name", pod.name())
                .put("namespace", pod.namespace())
                .put("uid", pod.uid());
        startTime(entry, pod.start());
        var inside = entry.putArray("containers");
        var filled = new StorageSummary(storage, pod, disk, node.at());
        for (Use use : pod.containers()) {
            ObjectNode container = inside.addObject().put("name", use.name());
            startTime(container, use.start());
            var facts = groups.of(use).flatMap(groups::facts);
            uses(
                    container,
                    pod.uid() + "/" + use.id(),
                    use.stats(),
                    resource -> facts.map(known -> known.pressure().get(resource)));
            facts.ifPresent(
                    known -> limits(container, use.stats(), known.limits().memoryBytes(), 0));
            if (!onlyCpuAndMemory) {
                filled.container(container, use);
            }
        }
        ContainerStats sum = pod.sum();
        uses(entry, pod.uid(), sum, resource -> Optional.empty());
        if (!onlyCpuAndMemory) {
            if (pod.pid() > 0) {
                network(entry, sum.at(), InterfaceCounters.of(proc, pod.pid()));
            }
            filled.pod(entry);
            entry.putObject("process_stats").put("process_count", processes(pod));
        }
    }

    private long processes(Use.OfPod pod) {
        return pod.containers().stream()
                .mapToLong(use -> groups.of(use)
                        .flatMap(groups::facts)
                        .map(facts -> (long) facts.processes().size())
                        .orElseGet(() -> use.stats().processes()))
                .sum();
    }

    private interface Waiting {
        Optional<Pressure> on(String resource);
    }

    private void uses(ObjectNode entry, String what, ContainerStats stats, Waiting waiting) {
        ObjectNode cpu = entry.putObject("cpu").put("time", time(stats.at()));
        rates.of(what, stats).ifPresent(rate -> cpu.put("usageNanoCores", rate));
        cpu.put("usageCoreNanoSeconds", stats.cpuNanos());
        waiting.on("cpu").ifPresent(pressure -> pressure(cpu, pressure));
        ObjectNode memory = entry.putObject("memory")
                .put("time", time(stats.at()))
                .put("usageBytes", stats.memoryUsageBytes())
                .put("workingSetBytes", stats.workingSetBytes())
                .put("rssBytes", stats.memory().anonymous())
                .put("pageFaults", stats.memory().pageFaults())
                .put("majorPageFaults", stats.memory().majorFaults());
        waiting.on("memory").ifPresent(pressure -> pressure(memory, pressure));
        if (!onlyCpuAndMemory) {
            waiting.on("io")
                    .ifPresent(pressure -> pressure(entry.putObject("io").put("time", time(stats.at())), pressure));
        }
        entry.putObject("swap")
                .put("time", time(stats.at()))
                .put("swapUsageBytes", stats.memory().swap());
    }

    /// What is left of memory that is bounded, and of swap.
    private static void limits(ObjectNode entry, ContainerStats stats, long memory, long swap) {
        if (memory > 0) {
            entry.withObject("memory").put("availableBytes", Math.max(0, memory - stats.workingSetBytes()));
        }
        entry.withObject("swap").put("swapAvailableBytes", swap);
    }

    private static void pressure(ObjectNode entry, Pressure pressure) {
        ObjectNode psi = entry.putObject("psi");
        stall(psi.putObject("full"), pressure.full());
        stall(psi.putObject("some"), pressure.some());
    }

    private static void stall(ObjectNode entry, Pressure.Stall stall) {
        entry.put("total", stall.totalMicros() * 1000)
                .put("avg10", stall.avg10())
                .put("avg60", stall.avg60())
                .put("avg300", stall.avg300());
    }

    private static void network(ObjectNode entry, Instant at, List<InterfaceCounters.Traffic> interfaces) {
        if (interfaces.isEmpty()) {
            return;
        }
        ObjectNode network = entry.putObject("network").put("time", time(at));
        InterfaceCounters.Traffic first = interfaces.stream()
                .filter(one -> one.name().equals("eth0"))
                .findFirst()
                .orElse(interfaces.getFirst());
        traffic(network, first);
        var all = network.putArray("interfaces");
        interfaces.forEach(one -> traffic(all.addObject(), one));
    }

    private static void traffic(ObjectNode entry, InterfaceCounters.Traffic traffic) {
        entry.put("name", traffic.name())
                .put("rxBytes", traffic.receivedBytes())
                .put("rxErrors", traffic.receiveErrors())
                .put("txBytes", traffic.sentBytes())
                .put("txErrors", traffic.sendErrors());
    }

    /// Containers are on the node's own file system.
    private void disks(ObjectNode machine) {
        storage.disk().ifPresent(space -> {
            long used = space.bytes().capacity() - space.free();
            long inodes = space.inodes().capacity() - space.inodes().available();
            StorageSummary.space(machine.putObject("fs"), space, node.at())
                    .put("usedBytes", used)
                    .put("inodesUsed", inodes);
            ObjectNode runtime = machine.putObject("runtime");
            FileSystemSpace ofImages = storage.images().orElse(space);
            StorageSummary.space(runtime.putObject("imageFs"), ofImages, node.at())
                    .put("usedBytes", images.get())
                    .put(
                            "inodesUsed",
                            ofImages.inodes().capacity() - ofImages.inodes().available());
            StorageSummary.space(runtime.putObject("containerFs"), space, node.at())
                    .put("usedBytes", used)
                    .put("inodesUsed", inodes);
        });
    }

    private Optional<Instant> boot() {
        try {
            String uptime = Files.readString(proc.resolve("uptime")).split(" ")[0];
            return Optional.of(node.at().minus(Duration.ofMillis((long) (Double.parseDouble(uptime) * 1000))));
        } catch (IOException | NumberFormatException pretended) {
            return Optional.empty();
        }
    }

    private long kibi(String name) {
        try {
            return NodeUsage.kibi(Files.readString(proc.resolve("meminfo")), name);
        } catch (IOException pretended) {
            return 0;
        }
    }

    private static void startTime(ObjectNode entry, Optional<Instant> start) {
        if (start.isPresent()) {
            entry.put("startTime", time(start.get()));
        } else {
            entry.putNull("startTime");
        }
    }

    static String time(Instant at) {
        return at.truncatedTo(ChronoUnit.SECONDS).toString();
    }
}
