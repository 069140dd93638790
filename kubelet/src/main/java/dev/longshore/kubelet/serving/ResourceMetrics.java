package dev.longshore.kubelet.serving;

import dev.longshore.http.Response;
import dev.longshore.runtime.ContainerStats;
import java.math.BigDecimal;
import java.util.List;
import java.util.function.Function;

/// `/metrics/resource`: what metrics servers read.
final class ResourceMetrics {

    private final List<Use.OfPod> pods;
    private final ContainerStats node;
    private final MetricsPage page = new MetricsPage();

    private ResourceMetrics(List<Use.OfPod> pods, ContainerStats node) {
        this.pods = pods;
        this.node = node;
    }

    static Response answer(List<Use.OfPod> pods, ContainerStats node) {
        return new ResourceMetrics(pods, node).answer();
    }

    private Response answer() {
        containers(
                "container_cpu_usage_seconds_total",
                "counter",
                "Cumulative cpu time consumed by the container in core-seconds",
                stats -> Use.seconds(stats.cpuNanos()));
        containers(
                "container_memory_working_set_bytes",
                "gauge",
                "Current working set of the container in bytes",
                stats -> BigDecimal.valueOf(stats.workingSetBytes()));
        page.family(
                "container_start_time_seconds",
                "gauge",
                "[STABLE] Start time of the container since unix epoch in seconds");
        for (Use.OfPod pod : pods) {
            for (Use use : pod.containers()) {
                use.start()
                        .ifPresent(start ->
                                page.sample("container_start_time_seconds", Use.seconds(start), labels(pod, use)));
            }
        }
        node(
                "node_cpu_usage_seconds_total",
                "counter",
                "Cumulative cpu time consumed by the node in core-seconds",
                Use.seconds(node.cpuNanos()));
        node(
                "node_memory_working_set_bytes",
                "gauge",
                "Current working set of the node in bytes",
                BigDecimal.valueOf(node.workingSetBytes()));
        pods(
                "pod_cpu_usage_seconds_total",
                "counter",
                "Cumulative cpu time consumed by the pod in core-seconds",
                stats -> Use.seconds(stats.cpuNanos()));
        pods(
                "pod_memory_working_set_bytes",
                "gauge",
                "Current working set of the pod in bytes",
                stats -> BigDecimal.valueOf(stats.workingSetBytes()));
        page.family(
                "resource_scrape_error",
                "gauge",
                "[STABLE] 1 if there was an error while getting container metrics, 0 otherwise");
        page.sample("resource_scrape_error", 0);
        return page.response();
    }

    private void containers(String name, String type, String help, Function<ContainerStats, BigDecimal> value) {
        page.family(name, type, "[STABLE] " + help);
        for (Use.OfPod pod : pods) {
            for (Use use : pod.containers()) {
                page.sampleAt(use.stats().at(), name, value.apply(use.stats()), labels(pod, use));
            }
        }
    }

    private void pods(String name, String type, String help, Function<ContainerStats, BigDecimal> value) {
        page.family(name, type, "[STABLE] " + help);
        for (Use.OfPod pod : pods) {
            ContainerStats sum = pod.sum();
            page.sampleAt(sum.at(), name, value.apply(sum), "namespace", pod.namespace(), "pod", pod.name());
        }
    }

    private void node(String name, String type, String help, BigDecimal value) {
        page.family(name, type, "[STABLE] " + help);
        page.sampleAt(node.at(), name, value);
    }

    private static String[] labels(Use.OfPod pod, Use use) {
        return new String[] {"container", use.name(), "namespace", pod.namespace(), "pod", pod.name()};
    }
}
