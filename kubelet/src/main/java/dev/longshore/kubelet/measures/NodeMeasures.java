package dev.longshore.kubelet.measures;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;

/// What one kubelet counts of its own work; names, words and bounds are those of the original's
/// (`pkg/kubelet/metrics`). Thread-safe.
public final class NodeMeasures {

    private static final List<BigDecimal> PODS = Histogram.bounds(
            ".5", "1", "2", "3", "4", "5", "6", "8", "10", "20", "30", "45", "60", "120", "180", "240", "300", "360",
            "480", "600", "900", "1200", "1800", "2700", "3600");
    private static final List<BigDecimal> PULLS = Histogram.bounds(
            "1", "5", "10", "20", "30", "60", "120", "180", "240", "300", "360", "480", "600", "900", "1200", "1800",
            "2700", "3600");
    private static final List<BigDecimal> OPERATIONS = IntStream.range(0, 14)
            .mapToObj(i -> new BigDecimal(".005").multiply(new BigDecimal("2.5").pow(i)))
            .toList();
    private static final List<ImageSize> IMAGE_SIZES = List.of(
            new ImageSize(100L << 30, "GT100GB"),
            new ImageSize(60L << 30, "60GB-100GB"),
            new ImageSize(40L << 30, "40GB-60GB"),
            new ImageSize(30L << 30, "30GB-40GB"),
            new ImageSize(20L << 30, "20GB-30GB"),
            new ImageSize(10L << 30, "10GB-20GB"),
            new ImageSize(5L << 30, "5GB-10GB"),
            new ImageSize(1L << 30, "1GB-5GB"),
            new ImageSize(500L << 20, "500MB-1GB"),
            new ImageSize(100L << 20, "100MB-500MB"),
            new ImageSize(10L << 20, "10MB-100MB"),
            new ImageSize(0, "0-10MB"));

    private final Histogram podStarts = new Histogram(
            "kubelet_pod_start_duration_seconds",
            "[ALPHA] Duration in seconds from kubelet seeing a pod for the first time to the pod starting to run",
            PODS);
    private final Histogram podTotals = new Histogram(
            "kubelet_pod_start_total_duration_seconds",
            "[ALPHA] Duration in seconds to start a pod since creation, including time to pull images and run init"
                    + " containers, measured from pod creation timestamp to when all its containers are reported as"
                    + " started and observed via watch",
            PODS);
    private final Histogram podWork = new Histogram(
            "kubelet_pod_worker_duration_seconds",
            "[ALPHA] Duration in seconds to sync a single pod. Broken down by operation type: create, update, or sync",
            Histogram.USUAL,
            "operation_type");
    private final Histogram workerStarts = new Histogram(
            "kubelet_pod_worker_start_duration_seconds",
            "[ALPHA] Duration in seconds from kubelet seeing a pod to starting a worker.",
            Histogram.USUAL);
    private final Counter operations = new Counter(
            "kubelet_runtime_operations_total",
            "[ALPHA] Cumulative number of runtime operations by operation type.",
            "operation_type");
    private final Histogram operationTimes = new Histogram(
            "kubelet_runtime_operations_duration_seconds",
            "[ALPHA] Duration in seconds of runtime operations. Broken down by operation type.",
            OPERATIONS,
            "operation_type");
    private final Counter operationErrors = new Counter(
            "kubelet_runtime_operations_errors_total",
            "[ALPHA] Cumulative number of runtime operation errors by operation type.",
            "operation_type");
    private final Histogram sandboxTimes = new Histogram(
            "kubelet_run_podsandbox_duration_seconds",
            "[ALPHA] Duration in seconds of the run_podsandbox operations. Broken down by RuntimeClass.Handler.",
            Histogram.USUAL,
            "runtime_handler");
    private final Counter sandboxErrors = new Counter(
            "kubelet_run_podsandbox_errors_total",
            "[ALPHA] Cumulative number of the run_podsandbox operation errors by RuntimeClass.Handler.",
            "runtime_handler");
    private final Counter startedPods =
            new Counter("kubelet_started_pods_total", "[ALPHA] Cumulative number of pods started");
    private final Counter startedPodErrors =
            new Counter("kubelet_started_pods_errors_total", "[ALPHA] Cumulative number of errors when starting pods");
    private final Counter startedContainers = new Counter(
            "kubelet_started_containers_total", "[ALPHA] Cumulative number of containers started", "container_type");
    private final Counter startedContainerErrors = new Counter(
            "kubelet_started_containers_errors_total",
            "[ALPHA] Cumulative number of errors when starting containers",
            "code",
            "container_type");
    private final Histogram storageTimes = new Histogram(
            "storage_operation_duration_seconds",
            "[ALPHA] Storage operation duration",
            Histogram.bounds(".1", ".25", ".5", "1", "2.5", "5", "10", "15", "25", "50", "120", "300", "600"),
            "migrated",
            "operation_name",
            "status",
            "volume_plugin");
    private final Counter calls = new Counter(
            "rest_client_requests_total",
            "[ALPHA] Number of HTTP requests, partitioned by status code, method, and host.",
            "code",
            "host",
            "method");
    private final Histogram callTimes = new Histogram(
            "rest_client_request_duration_seconds",
            "[ALPHA] Request latency in seconds. Broken down by verb, and host.",
            Histogram.bounds(".005", ".025", ".1", ".25", ".5", "1", "2", "4", "8", "15", "30", "60"),
            "host",
            "verb");
    private final Counter evictions = new Counter(
            "kubelet_evictions", "[ALPHA] Cumulative number of pod evictions by eviction signal", "eviction_signal");
    private final Histogram pulls = new Histogram(
            "kubelet_image_pull_duration_seconds",
            "[ALPHA] Duration in seconds to pull an image.",
            PULLS,
            "image_size_in_bytes");
    private final Histogram relists = new Histogram(
            "kubelet_pleg_relist_duration_seconds",
            "[ALPHA] Duration in seconds for relisting pods in PLEG.",
            Histogram.USUAL);
    private final Histogram relistGaps = new Histogram(
            "kubelet_pleg_relist_interval_seconds",
            "[ALPHA] Interval in seconds between relisting in PLEG.",
            Histogram.USUAL);
    private final Counter probes = new Counter(
            "prober_probe_total",
            "[BETA] Cumulative number of a liveness, readiness or startup probe for a container by result.",
            "container",
            "namespace",
            "pod",
            "pod_uid",
            "probe_type",
            "result");
    private final Histogram probeTimes = new Histogram(
            "prober_probe_duration_seconds",
            "[ALPHA] Duration in seconds for a probe response.",
            Histogram.USUAL,
            "container",
            "namespace",
            "pod",
            "probe_type");

    private record ImageSize(long from, String label) {}

    /// A pod runs, so long after it was first seen and after it was made.
    public void podRuns(long nanosSeen, Duration sinceMade) {
        podStarts.observe(nanosSeen);
        podTotals.observe(sinceMade.toNanos());
    }

    /// A worker looked at its pod.
    ///
    /// @param operation `create`, `update`, `sync`, `kill`
    public void podWorked(String operation, long nanos) {
        podWork.observe(nanos, operation);
    }

    /// A pod that was just seen has a worker.
    public void workerStarted(long nanos) {
        workerStarts.observe(nanos);
    }

    /// The runtime did, or refused to do, something.
    public void operated(String operation, long nanos, boolean failed) {
        operations.add(operation);
        operationTimes.observe(nanos, operation);
        if (failed) {
            operationErrors.add(operation);
        }
    }

    /// A sandbox was made, or was not: with it a pod starts.
    ///
    /// @param handler of its RuntimeClass; empty for the usual one
    public void sandboxMade(String handler, long nanos, boolean failed) {
        sandboxTimes.observe(nanos, handler);
        startedPods.add();
        if (failed) {
            sandboxErrors.add(handler);
            startedPodErrors.add();
        }
    }

    /// A container is about to start.
    ///
    /// @param type `container`, `init_container`, `ephemeral_container`
    public void containerStarts(String type) {
        startedContainers.add(type);
    }

    /// It did not.
    ///
    /// @param code why, as a waiting container says it
    public void containerFailed(String type, String code) {
        startedContainerErrors.add(code, type);
    }

    /// A pod has to go because of `signal`.
    public void evicted(String signal) {
        evictions.add(signal);
    }

    /// An image came.
    public void pulled(long bytes, long nanos) {
        String size = IMAGE_SIZES.stream()
                .filter(from -> bytes >= from.from)
                .findFirst()
                .map(ImageSize::label)
                .orElse("0-10MB");
        pulls.observe(nanos, size);
    }

    /// The runtime was asked for all containers, so long after the time before.
    public void relisted(long nanos, long nanosSinceLast) {
        relists.observe(nanos);
        if (nanosSinceLast > 0) {
            relistGaps.observe(nanosSinceLast);
        }
    }

    /// A probe was made.
    ///
    /// @param kind `Liveness`, `Readiness`, `Startup`
    public void probed(ProbedPod pod, String container, String kind, ProbeResult result, long nanos) {
        probes.add(container, pod.namespace, pod.name, pod.uid, kind, result.word);
        if (result != ProbeResult.FAILED) {
            probeTimes.observe(nanos, container, pod.namespace, pod.name, kind);
        }
    }

    /// A pod is no more: its probes are not told of any longer.
    public void forget(ProbedPod pod) {
        probes.forget(values -> values.get(3).equals(pod.uid));
        probeTimes.forget(
                values -> values.get(1).equals(pod.namespace) && values.get(2).equals(pod.name));
    }

    /// Tells everything but probes.
    public void write(Family.Page page) {
        for (Family family : List.of(
                podStarts,
                podTotals,
                podWork,
                workerStarts,
                operations,
                operationTimes,
                operationErrors,
                sandboxTimes,
                sandboxErrors,
                startedPods,
                startedPodErrors,
                startedContainers,
                startedContainerErrors,
                evictions,
                pulls,
                relists,
                relistGaps,
                storageTimes,
                calls,
                callTimes)) {
            family.write(page);
        }
    }

    /// An operation on a volume of a kind took so long.
    public void stored(String plugin, String operation, long nanos, boolean failed) {
        storageTimes.observe(nanos, "false", operation, failed ? "fail-unknown" : "success", plugin);
    }

    /// The API server was asked; how long a watch takes says nothing.
    public void called(String method, String host, String code, long nanos, boolean isWatch) {
        calls.add(code, host, method);
        if (!isWatch) {
            callTimes.observe(nanos, host, method);
        }
    }

    /// Tells of probes.
    public void writeProbes(Family.Page page) {
        probeTimes.write(page);
        probes.write(page);
    }

    /// Whose container is probed.
    public record ProbedPod(String namespace, String name, String uid) {}

    /// How a probe went; what only warns counts as a success.
    public enum ProbeResult {
        SUCCESSFUL("successful"),
        FAILED("failed"),
        UNKNOWN("unknown");

        private final String word;

        ProbeResult(String word) {
            this.word = word;
        }
    }
}
