package dev.longshore.runtime.cri.server;

import dev.longshore.base.Time;
import dev.longshore.http.grpc.GrpcService;
import dev.longshore.linux.InterfaceCounters;
import dev.longshore.runtime.ContainerStatus;
import dev.longshore.runtime.NodeRuntime;
import dev.longshore.runtime.SandboxStatus;
import dev.longshore.runtime.cri.CriMethods;
import dev.longshore.runtime.cri.proto.ContainerAttributes;
import dev.longshore.runtime.cri.proto.ContainerStats;
import dev.longshore.runtime.cri.proto.ContainerStatsFilter;
import dev.longshore.runtime.cri.proto.ContainerStatsRequest;
import dev.longshore.runtime.cri.proto.ContainerStatsResponse;
import dev.longshore.runtime.cri.proto.CpuUsage;
import dev.longshore.runtime.cri.proto.FilesystemIdentifier;
import dev.longshore.runtime.cri.proto.FilesystemUsage;
import dev.longshore.runtime.cri.proto.LinuxPodSandboxStats;
import dev.longshore.runtime.cri.proto.ListContainerStatsRequest;
import dev.longshore.runtime.cri.proto.ListContainerStatsResponse;
import dev.longshore.runtime.cri.proto.ListPodSandboxStatsRequest;
import dev.longshore.runtime.cri.proto.ListPodSandboxStatsResponse;
import dev.longshore.runtime.cri.proto.MemoryUsage;
import dev.longshore.runtime.cri.proto.NetworkInterfaceUsage;
import dev.longshore.runtime.cri.proto.NetworkUsage;
import dev.longshore.runtime.cri.proto.PodSandboxAttributes;
import dev.longshore.runtime.cri.proto.PodSandboxStats;
import dev.longshore.runtime.cri.proto.PodSandboxStatsFilter;
import dev.longshore.runtime.cri.proto.PodSandboxStatsRequest;
import dev.longshore.runtime.cri.proto.PodSandboxStatsResponse;
import dev.longshore.runtime.cri.proto.ProcessUsage;
import dev.longshore.runtime.cri.proto.SwapUsage;
import dev.longshore.runtime.cri.proto.UInt64Value;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// What sandboxes and containers use, over CRI. Of what does not run only what it has written is told. Rates are left
/// to who asks twice.
final class StatsCalls {

    private static final Path PROC = Path.of("/proc");

    private final NodeRuntime runtime;
    private final Ids ids;
    private final Time time;

    StatsCalls(NodeRuntime runtime, Ids ids, Time time) {
        this.runtime = runtime;
        this.ids = ids;
        this.time = time;
    }

    void offer(GrpcService service) {
        service.unary(CriMethods.CONTAINER_STATS, Refusals.told(this::one))
                .unary(CriMethods.LIST_CONTAINER_STATS, Refusals.told(this::all))
                .unary(CriMethods.POD_SANDBOX_STATS, Refusals.told(this::sandbox))
                .unary(CriMethods.LIST_POD_SANDBOX_STATS, Refusals.told(this::sandboxes));
    }

    private ContainerStatsResponse one(ContainerStatsRequest request) {
        return ContainerStatsResponse.newBuilder()
                .setStats(of(ids.container(request.getContainerId())))
                .build();
    }

    private ListContainerStatsResponse all(ListContainerStatsRequest request) {
        ContainerStatsFilter filter = request.getFilter();
        return ListContainerStatsResponse.newBuilder()
                .addAllStats(runtime.containers().list().stream()
                        .filter(container -> container.id().startsWith(filter.getId())
                                && container.sandboxId().startsWith(filter.getPodSandboxId()))
                        .filter(container -> has(container.spec().labels(), filter.getLabelSelectorMap()))
                        .map(this::of)
                        .toList())
                .build();
    }

    private PodSandboxStatsResponse sandbox(PodSandboxStatsRequest request) {
        return PodSandboxStatsResponse.newBuilder()
                .setStats(of(ids.sandbox(request.getPodSandboxId())))
                .build();
    }

    private ListPodSandboxStatsResponse sandboxes(ListPodSandboxStatsRequest request) {
        PodSandboxStatsFilter filter = request.getFilter();
        return ListPodSandboxStatsResponse.newBuilder()
                .addAllStats(runtime.sandboxes().list().stream()
                        .filter(sandbox -> sandbox.id().startsWith(filter.getId()))
                        .filter(sandbox -> has(sandbox.spec().labels(), filter.getLabelSelectorMap()))
                        .map(this::of)
                        .toList())
                .build();
    }

    private ContainerStats of(ContainerStatus container) {
        var told = ContainerStats.newBuilder()
                .setAttributes(ContainerAttributes.newBuilder()
                        .setId(container.id())
                        .setMetadata(Told.metadata(container.spec()))
                        .putAllLabels(container.spec().labels())
                        .putAllAnnotations(Told.annotations(container.spec())));
        runtime.containers()
                .stats(container.id())
                .ifPresent(used -> told.setCpu(cpu(used))
                        .setMemory(memory(used))
                        .setSwap(SwapUsage.newBuilder()
                                .setTimestamp(Told.nanos(used.at()))
                                .setSwapUsageBytes(value(used.memory().swap()))));
        runtime.containers().writableLayer(container.id()).ifPresent(layer -> {
            LayerUse use = LayerUse.of(layer);
            told.setWritableLayer(FilesystemUsage.newBuilder()
                    .setTimestamp(Told.nanos(time.now()))
                    .setFsId(FilesystemIdentifier.newBuilder().setMountpoint(layer.toString()))
                    .setUsedBytes(value(use.bytes()))
                    .setInodesUsed(value(use.files())));
        });
        return told.build();
    }

    private PodSandboxStats of(SandboxStatus sandbox) {
        List<ContainerStatus> own = runtime.containers().list().stream()
                .filter(container -> container.sandboxId().equals(sandbox.id()))
                .toList();
        var linux = LinuxPodSandboxStats.newBuilder();
        runtime.sandboxes()
                .stats(sandbox.id())
                .ifPresent(used -> linux.setCpu(cpu(used))
                        .setMemory(memory(used))
                        .setProcess(ProcessUsage.newBuilder()
                                .setTimestamp(Told.nanos(used.at()))
                                .setProcessCount(value(used.processes()))));
        own.stream()
                .filter(container -> container.pid().isPresent())
                .findFirst()
                .ifPresent(running -> linux.setNetwork(network(running.pid().getAsInt())));
        own.forEach(container -> linux.addContainers(of(container)));
        return PodSandboxStats.newBuilder()
                .setAttributes(PodSandboxAttributes.newBuilder()
                        .setId(sandbox.id())
                        .setMetadata(Told.metadata(sandbox.spec()))
                        .putAllLabels(sandbox.spec().labels())
                        .putAllAnnotations(sandbox.spec().annotations()))
                .setLinux(linux)
                .build();
    }

    private NetworkUsage network(int pid) {
        var usage = NetworkUsage.newBuilder().setTimestamp(Told.nanos(time.now()));
        for (InterfaceCounters.Traffic traffic : InterfaceCounters.of(PROC, pid)) {
            var told = NetworkInterfaceUsage.newBuilder()
                    .setName(traffic.name())
                    .setRxBytes(value(traffic.receivedBytes()))
                    .setRxErrors(value(traffic.receiveErrors()))
                    .setTxBytes(value(traffic.sentBytes()))
                    .setTxErrors(value(traffic.sendErrors()))
                    .build();
            if (usage.hasDefaultInterface()) {
                usage.addInterfaces(told);
            } else {
                usage.setDefaultInterface(told);
            }
        }
        return usage.build();
    }

    private static CpuUsage cpu(dev.longshore.runtime.ContainerStats used) {
        return CpuUsage.newBuilder()
                .setTimestamp(Told.nanos(used.at()))
                .setUsageCoreNanoSeconds(value(used.cpuNanos()))
                .build();
    }

    private static MemoryUsage memory(dev.longshore.runtime.ContainerStats used) {
        return MemoryUsage.newBuilder()
                .setTimestamp(Told.nanos(used.at()))
                .setWorkingSetBytes(value(used.workingSetBytes()))
                .setUsageBytes(value(used.memoryUsageBytes()))
                .setRssBytes(value(used.memory().anonymous()))
                .setPageFaults(value(used.memory().pageFaults()))
                .setMajorPageFaults(value(used.memory().majorFaults()))
                .build();
    }

    static boolean has(Map<String, String> labels, Map<String, String> wanted) {
        return labels.entrySet().containsAll(wanted.entrySet());
    }

    static UInt64Value value(long number) {
        return UInt64Value.newBuilder().setValue(number).build();
    }
}
