package dev.longshore.kubelet.serving;

import dev.longshore.base.Time;
import dev.longshore.http.Handler;
import dev.longshore.http.Request;
import dev.longshore.http.Response;
import dev.longshore.kubelet.measures.Counter;
import dev.longshore.kubelet.measures.Histogram;
import java.io.IOException;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.LongAdder;

/// Counts the requests to a kubelet by method and kind, as its `/metrics` tell of them. What is unknown counts as
/// `other`, so that nobody makes endless lines. Thread-safe.
final class ServedRequests {

    private static final Set<String> METHODS =
            Set.of("OPTIONS", "GET", "HEAD", "POST", "PUT", "DELETE", "TRACE", "CONNECT");
    private static final Set<String> PATHS = Set.of(
            "attach",
            "checkpoint",
            "configz",
            "containerLogs",
            "debug",
            "exec",
            "flagz",
            "healthz",
            "logs",
            "metrics",
            "metrics/cadvisor",
            "metrics/probes",
            "metrics/resource",
            "pods",
            "portForward",
            "run",
            "runningpods",
            "stats",
            "statusz");
    private static final Set<String> LONG = Set.of("exec", "attach", "portforward", "debug");
    private static final String[] LABELS = {"long_running", "method", "path", "server_type"};

    private final Map<String, LongAdder> underWay = new ConcurrentSkipListMap<>();
    private final Histogram times = new Histogram(
            "kubelet_http_requests_duration_seconds",
            "[ALPHA] Duration in seconds to serve http requests",
            Histogram.USUAL,
            LABELS);
    private final Counter begun = new Counter(
            "kubelet_http_requests_total",
            "[ALPHA] Number of the http requests received since the server started",
            LABELS);
    private final Time time;

    ServedRequests(Time time) {
        this.time = time;
    }

    /// Lets `handler` answer. A conversation counts as over when it has begun, as the time of an answer does not
    /// contain that of its reader.
    Response counted(Request request, Handler handler) throws IOException, InterruptedException {
        String[] labels = labels(request);
        LongAdder here = underWay.computeIfAbsent(String.join(" ", labels), key -> new LongAdder());
        here.increment();
        begun.add(labels);
        long since = time.nanoTime();
        try {
            return handler.handle(request);
        } finally {
            times.observe(time.nanoTime() - since, labels);
            here.decrement();
        }
    }

    private static String[] labels(Request request) {
        String[] steps = request.path().split("/", 4);
        String path = steps.length > 1 ? steps[1] : "";
        path = path.equals("metrics") && steps.length > 2 ? path + "/" + steps[2] : path;
        path = PATHS.contains(path) ? path : "other";
        String method = METHODS.contains(request.method()) ? request.method() : "other";
        return new String[] {Boolean.toString(LONG.contains(path)), method, path, "readwrite"};
    }

    void measure(MetricsPage page) {
        page.family("kubelet_http_inflight_requests", "gauge", "[ALPHA] Number of the inflight http requests");
        underWay.forEach((labels, count) ->
                page.sample("kubelet_http_inflight_requests", count.sum(), named(labels.split(" "))));
        times.write(page);
        begun.write(page);
    }

    private static String[] named(String... values) {
        var all = new String[2 * LABELS.length];
        for (int i = 0; i < LABELS.length; i++) {
            all[2 * i] = LABELS[i];
            all[2 * i + 1] = values[i];
        }
        return all;
    }
}
