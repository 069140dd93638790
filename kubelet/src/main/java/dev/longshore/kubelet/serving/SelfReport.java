package dev.longshore.kubelet.serving;

import dev.longshore.base.Time;
import dev.longshore.http.Response;
import dev.longshore.kubelet.pods.PodWorkers;
import dev.longshore.kubelet.shutdown.ShutdownTimes;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;

/// What the kubelet says of itself: `/metrics`, `/statusz` and `/flagz`.
final class SelfReport {

    private static final String WARNING =
            "Warning: This endpoint is not meant to be machine parseable, has no formatting compatibility guarantees"
                    + " and is for debugging purposes only.\n";
    private static final DateTimeFormatter UNIX_DATE = DateTimeFormatter.ofPattern(
                    "EEE MMM ppd HH:mm:ss 'UTC' uuuu", Locale.ROOT)
            .withZone(ZoneOffset.UTC);
    private static final String VERSION = "1.36.0";
    private static final List<String> PATHS = List.of("/configz", "/healthz", "/metrics");

    private final PodWorkers pods;
    private final ServedRequests requests;
    private final NodeUsage usage;
    private final Supplier<ShutdownTimes> shutdowns;
    private final Time time;
    private final Instant start;

    SelfReport(
            PodWorkers pods, ServedRequests requests, NodeUsage usage, Supplier<ShutdownTimes> shutdowns, Time time) {
        this.pods = pods;
        this.requests = requests;
        this.usage = usage;
        this.shutdowns = shutdowns;
        this.time = time;
        this.start = time.now();
    }

    Response metrics() {
        var page = new MetricsPage();
        requests.measure(page);
        page.family("kubelet_node_name", "gauge", "[ALPHA] The node's name. The count is always 1.");
        page.sample("kubelet_node_name", 1, "node", usage.nodeName());
        build(page);
        ShutdownTimes last = shutdowns.get();
        shutdown(page, "start", "Last graceful shutdown start time since unix epoch in seconds", last.start());
        shutdown(page, "end", "Last graceful shutdown end time since unix epoch in seconds", last.end());
        PodCounts.write(page, pods.pods());
        pods.measures().write(page);
        usage.volumes(page);
        volumes(page);
        ProcessReport.write(page, start);
        Runtime memory = Runtime.getRuntime();
        page.family("process_heap_bytes", "gauge", "[ALPHA] Memory of the program's heap that is in use.");
        page.sample("process_heap_bytes", BigDecimal.valueOf(memory.totalMemory() - memory.freeMemory()));
        return page.response();
    }

    private void volumes(MetricsPage page) {
        String name = "volume_manager_total_volumes";
        page.family(name, "gauge", "[ALPHA] Number of volumes in Volume Manager");
        pods.volumes()
                .actual()
                .forEach((plugin, count) ->
                        page.sample(name, count, "plugin_name", plugin, "state", "actual_state_of_world"));
        pods.volumes()
                .desired()
                .forEach((plugin, count) ->
                        page.sample(name, count, "plugin_name", plugin, "state", "desired_state_of_world"));
    }

    private static void shutdown(MetricsPage page, String which, String help, Optional<Instant> at) {
        String name = "kubelet_graceful_shutdown_" + which + "_time_seconds";
        page.family(name, "gauge", "[ALPHA] " + help);
        page.sample(name, at.map(Instant::getEpochSecond).orElse(0L));
    }

    private static void build(MetricsPage page) {
        String[] numbers = VERSION.split("\\.");
        page.family(
                "kubernetes_build_info",
                "gauge",
                "[ALPHA] A metric with a constant '1' value labeled by major, minor, git version, git commit, git tree"
                        + " state, build date, Go version, and compiler from which Kubernetes was built, and platform on"
                        + " which it is running.");
        page.sample(
                "kubernetes_build_info",
                1,
                "git_version",
                "v" + VERSION,
                "major",
                numbers[0],
                "minor",
                numbers[1],
                "platform",
                "linux/" + System.getProperty("os.arch"));
    }

    /// How probes went.
    Response probes() {
        var page = new MetricsPage();
        ProcessReport.started(page, start);
        pods.measures().writeProbes(page);
        return page.response();
    }

    Response statusz() {
        Duration up = Duration.between(start, time.now());
        return Response.text(200, """

                kubelet statusz
                %s
                Started: %s
                Up: %d hr %02d min %02d sec
                Binary version: %s

                Paths: %s
                """.formatted(
                        WARNING,
                        UNIX_DATE.format(start),
                        up.toHours(),
                        up.toMinutesPart(),
                        up.toSecondsPart(),
                        VERSION,
                        String.join(" ", PATHS)));
    }

    /// What is set, one line each.
    Response flagz(JsonNode configuration) {
        Map<String, String> flags = new TreeMap<>();
        configuration
                .properties()
                .forEach(entry -> flags.put(
                        entry.getKey(),
                        entry.getValue().isValueNode()
                                ? entry.getValue().asString("")
                                : entry.getValue().toString()));
        var text = new StringBuilder("\nkubelet flagz\n" + WARNING);
        flags.forEach(
                (name, value) -> text.append(name).append('=').append(value).append('\n'));
        return Response.text(200, text.toString());
    }
}
