package dev.longshore.kubelet.serving;

import dev.longshore.base.Json;
import dev.longshore.http.Response;
import dev.longshore.runtime.ContainerStats;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// `/stats/summary` (stats.k8s.io v1alpha1, Summary): what node, pods and containers use.
///
/// @param onlyCpuAndMemory leaves the rest out
record StatsSummary(
        String nodeName,
        List<Use.OfPod> pods,
        ContainerStats node,
        Path proc,
        Path disk,
        Rates rates,
        boolean onlyCpuAndMemory) {

    Response answer() {
        ObjectNode summary = Json.object();
        ObjectNode machine = summary.putObject("node").put("nodeName", nodeName);
        startTime(machine, boot());
        uses(machine, "", node);
        if (!onlyCpuAndMemory) {
            network(machine, node.at(), Interfaces.read(proc.resolve("net/dev")));
            fileSystem(machine, "fs", node.at());
            fileSystem(machine.putObject("runtime"), "imageFs", node.at());
        }
        var list = summary.putArray("pods");
        pods.forEach(pod -> pod(list.addObject(), pod));
        return Response.json(200, Json.bytes(summary));
    }

    private void pod(ObjectNode entry, Use.OfPod pod) {
        entry.putObject("podRef")
                .put("name", pod.name())
                .put("namespace", pod.namespace())
                .put("uid", pod.uid());
        startTime(entry, pod.start());
        var inside = entry.putArray("containers");
        for (Use use : pod.containers()) {
            ObjectNode container = inside.addObject().put("name", use.name());
            startTime(container, use.start());
            uses(container, pod.uid() + "/" + use.id(), use.stats());
        }
        ContainerStats sum = pod.sum();
        uses(entry, pod.uid(), sum);
        if (!onlyCpuAndMemory) {
            if (pod.pid() > 0) {
                network(entry, sum.at(), Interfaces.of(proc, pod.pid()));
            }
            entry.putObject("process_stats").put("process_count", sum.processes());
        }
    }

    private void uses(ObjectNode entry, String what, ContainerStats stats) {
        ObjectNode cpu = entry.putObject("cpu").put("time", time(stats.at()));
        rates.of(what, stats).ifPresent(rate -> cpu.put("usageNanoCores", rate));
        cpu.put("usageCoreNanoSeconds", stats.cpuNanos());
        entry.putObject("memory")
                .put("time", time(stats.at()))
                .put("usageBytes", stats.memoryUsageBytes())
                .put("workingSetBytes", stats.workingSetBytes())
                .put("rssBytes", stats.memory().anonymous())
                .put("pageFaults", stats.memory().pageFaults())
                .put("majorPageFaults", stats.memory().majorFaults());
        entry.putObject("swap")
                .put("time", time(stats.at()))
                .put("swapUsageBytes", stats.memory().swap());
    }

    private static void network(ObjectNode entry, Instant at, List<Interfaces.Traffic> interfaces) {
        if (interfaces.isEmpty()) {
            return;
        }
        ObjectNode network = entry.putObject("network").put("time", time(at));
        Interfaces.Traffic first = interfaces.stream()
                .filter(one -> one.name().equals("eth0"))
                .findFirst()
                .orElse(interfaces.getFirst());
        traffic(network, first);
        var all = network.putArray("interfaces");
        interfaces.forEach(one -> traffic(all.addObject(), one));
    }

    private static void traffic(ObjectNode entry, Interfaces.Traffic traffic) {
        entry.put("name", traffic.name())
                .put("rxBytes", traffic.receivedBytes())
                .put("rxErrors", traffic.receiveErrors())
                .put("txBytes", traffic.sentBytes())
                .put("txErrors", traffic.sendErrors());
    }

    private void fileSystem(ObjectNode entry, String name, Instant at) {
        try {
            FileStore store = Files.getFileStore(disk);
            entry.putObject(name)
                    .put("time", time(at))
                    .put("availableBytes", store.getUsableSpace())
                    .put("capacityBytes", store.getTotalSpace())
                    .put("usedBytes", store.getTotalSpace() - store.getUnallocatedSpace());
        } catch (IOException unknown) {
            // A disk that cannot be measured is left out.
        }
    }

    private Optional<Instant> boot() {
        try {
            String uptime = Files.readString(proc.resolve("uptime")).split(" ")[0];
            return Optional.of(node.at().minus(Duration.ofMillis((long) (Double.parseDouble(uptime) * 1000))));
        } catch (IOException | NumberFormatException pretended) {
            return Optional.empty();
        }
    }

    private static void startTime(ObjectNode entry, Optional<Instant> start) {
        if (start.isPresent()) {
            entry.put("startTime", time(start.get()));
        } else {
            entry.putNull("startTime");
        }
    }

    private static String time(Instant at) {
        return at.truncatedTo(ChronoUnit.SECONDS).toString();
    }
}
