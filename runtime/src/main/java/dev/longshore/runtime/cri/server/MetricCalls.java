package dev.longshore.runtime.cri.server;

import dev.longshore.base.Time;
import dev.longshore.http.grpc.GrpcService;
import dev.longshore.linux.InterfaceCounters;
import dev.longshore.runtime.ContainerStats;
import dev.longshore.runtime.ContainerStatus;
import dev.longshore.runtime.NodeRuntime;
import dev.longshore.runtime.SandboxStatus;
import dev.longshore.runtime.cri.CriMethods;
import dev.longshore.runtime.cri.proto.ContainerMetrics;
import dev.longshore.runtime.cri.proto.ListMetricDescriptorsRequest;
import dev.longshore.runtime.cri.proto.ListMetricDescriptorsResponse;
import dev.longshore.runtime.cri.proto.ListPodSandboxMetricsRequest;
import dev.longshore.runtime.cri.proto.ListPodSandboxMetricsResponse;
import dev.longshore.runtime.cri.proto.Metric;
import dev.longshore.runtime.cri.proto.MetricDescriptor;
import dev.longshore.runtime.cri.proto.MetricType;
import dev.longshore.runtime.cri.proto.PodSandboxMetrics;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;

/// The measures of containers and sandboxes under the names that cAdvisor gave them, over CRI.
final class MetricCalls {

    private static final Path PROC = Path.of("/proc");
    private static final long NANOS = 1_000_000_000L;
    private static final List<String> LABELS = List.of("id", "name", "image", "container", "pod", "namespace");

    private static final List<Family<ContainerStats>> OF_CONTAINERS = List.of(
            new Family<>("container_cpu_usage_seconds_total", "CPU time spent.", true, use -> use.cpuNanos() / NANOS),
            new Family<>(
                    "container_cpu_user_seconds_total",
                    "CPU time spent in programs.",
                    true,
                    use -> use.detail().userNanos() / NANOS),
            new Family<>(
                    "container_cpu_system_seconds_total",
                    "CPU time spent in the kernel.",
                    true,
                    use -> use.detail().kernelNanos() / NANOS),
            new Family<>(
                    "container_cpu_cfs_periods_total",
                    "Periods in which a CPU limit held.",
                    true,
                    use -> use.detail().periods()),
            new Family<>(
                    "container_cpu_cfs_throttled_periods_total",
                    "Periods in which the CPU limit was reached.",
                    true,
                    use -> use.detail().throttledPeriods()),
            new Family<>(
                    "container_memory_usage_bytes",
                    "Memory in use, whatever for.",
                    false,
                    ContainerStats::memoryUsageBytes),
            new Family<>(
                    "container_memory_working_set_bytes",
                    "Memory that cannot be reclaimed at once.",
                    false,
                    ContainerStats::workingSetBytes),
            new Family<>(
                    "container_memory_rss",
                    "Memory of the programs' own.",
                    false,
                    use -> use.memory().anonymous()),
            new Family<>(
                    "container_memory_cache",
                    "Memory that caches files.",
                    false,
                    use -> use.memory().cache()),
            new Family<>(
                    "container_memory_swap",
                    "Memory that is swapped out.",
                    false,
                    use -> use.memory().swap()),
            new Family<>(
                    "container_memory_failcnt",
                    "How often the memory limit was hit.",
                    true,
                    use -> use.memory().failures()),
            new Family<>(
                    "container_memory_max_usage_bytes",
                    "The most memory that was ever in use.",
                    false,
                    use -> use.detail().memoryPeakBytes()),
            new Family<>("container_processes", "Processes and threads.", false, ContainerStats::processes));

    private static final List<Family<InterfaceCounters.Traffic>> OF_NETWORKS = List.of(
            new Family<>(
                    "container_network_receive_bytes_total",
                    "Bytes received.",
                    true,
                    InterfaceCounters.Traffic::receivedBytes),
            new Family<>(
                    "container_network_receive_packets_total",
                    "Packets received.",
                    true,
                    InterfaceCounters.Traffic::receivedPackets),
            new Family<>(
                    "container_network_transmit_bytes_total",
                    "Bytes sent.",
                    true,
                    InterfaceCounters.Traffic::sentBytes),
            new Family<>(
                    "container_network_transmit_packets_total",
                    "Packets sent.",
                    true,
                    InterfaceCounters.Traffic::sentPackets));

    private final NodeRuntime runtime;
    private final Told told;
    private final Time time;

    MetricCalls(NodeRuntime runtime, Told told, Time time) {
        this.runtime = runtime;
        this.told = told;
        this.time = time;
    }

    void offer(GrpcService service) {
        service.unary(CriMethods.LIST_METRIC_DESCRIPTORS, Refusals.told(this::descriptors))
                .unary(CriMethods.LIST_POD_SANDBOX_METRICS, Refusals.told(this::metrics));
    }

    private ListMetricDescriptorsResponse descriptors(ListMetricDescriptorsRequest request) {
        var answer = ListMetricDescriptorsResponse.newBuilder();
        OF_CONTAINERS.forEach(family -> answer.addDescriptors(family.descriptor(LABELS)));
        OF_NETWORKS.forEach(family -> answer.addDescriptors(family.descriptor(networkLabels(LABELS, "interface"))));
        return answer.build();
    }

    private ListPodSandboxMetricsResponse metrics(ListPodSandboxMetricsRequest request) {
        return ListPodSandboxMetricsResponse.newBuilder()
                .addAllPodMetrics(
                        runtime.sandboxes().list().stream().map(this::of).toList())
                .build();
    }

    private PodSandboxMetrics of(SandboxStatus sandbox) {
        var metrics = PodSandboxMetrics.newBuilder().setPodSandboxId(sandbox.id());
        for (ContainerStatus container : runtime.containers().list()) {
            if (!container.sandboxId().equals(sandbox.id())) {
                continue;
            }
            if (metrics.getMetricsCount() == 0) {
                container.pid().ifPresent(pid -> metrics.addAllMetrics(networks(sandbox, pid)));
            }
            runtime.containers().stats(container.id()).ifPresent(used -> {
                var own = ContainerMetrics.newBuilder().setContainerId(container.id());
                List<String> labels = labels(sandbox, container);
                OF_CONTAINERS.forEach(family -> own.addMetrics(family.sample(used, labels, now())));
                metrics.addContainerMetrics(own);
            });
        }
        return metrics.build();
    }

    private List<Metric> networks(SandboxStatus sandbox, int pid) {
        var metrics = new ArrayList<Metric>();
        List<String> labels = List.of(
                sandbox.id(),
                "POD",
                "",
                "",
                sandbox.spec().podName(),
                sandbox.spec().podNamespace());
        for (InterfaceCounters.Traffic traffic : InterfaceCounters.of(PROC, pid)) {
            OF_NETWORKS.forEach(
                    family -> metrics.add(family.sample(traffic, networkLabels(labels, traffic.name()), now())));
        }
        return metrics;
    }

    private List<String> labels(SandboxStatus sandbox, ContainerStatus container) {
        return List.of(
                container.id(),
                container.spec().name(),
                told.listed(container).getImage().getImage(),
                container.spec().name(),
                sandbox.spec().podName(),
                sandbox.spec().podNamespace());
    }

    private static List<String> networkLabels(List<String> labels, String more) {
        return Stream.concat(labels.stream(), Stream.of(more)).toList();
    }

    private long now() {
        return Told.nanos(time.now());
    }

    private record Family<T>(String name, String help, boolean isCounter, ToLongFunction<T> value) {

        MetricDescriptor descriptor(List<String> labels) {
            return MetricDescriptor.newBuilder()
                    .setName(name)
                    .setHelp(help)
                    .addAllLabelKeys(labels)
                    .build();
        }

        Metric sample(T use, List<String> labels, long at) {
            return Metric.newBuilder()
                    .setName(name)
                    .setTimestamp(at)
                    .setMetricType(isCounter ? MetricType.COUNTER : MetricType.GAUGE)
                    .addAllLabelValues(labels)
                    .setValue(StatsCalls.value(value.applyAsLong(use)))
                    .build();
        }
    }
}
