package dev.longshore.kubelet.serving;

import dev.longshore.base.Time;
import dev.longshore.http.Handler;
import dev.longshore.http.Request;
import dev.longshore.http.Response;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.List;
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
    private static final List<BigDecimal> BUCKETS =
            List.of(".005", ".01", ".025", ".05", ".1", ".25", ".5", "1", "2.5", "5", "10").stream()
                    .map(BigDecimal::new)
                    .toList();

    private final Map<List<String>, Tally> tallies =
            new ConcurrentSkipListMap<>((one, other) -> String.join("\0", one).compareTo(String.join("\0", other)));
    private final Time time;

    ServedRequests(Time time) {
        this.time = time;
    }

    private static final class Tally {
        private final LongAdder begun = new LongAdder();
        private final LongAdder ended = new LongAdder();
        private final LongAdder nanos = new LongAdder();
        private final LongAdder[] buckets =
                BUCKETS.stream().map(bucket -> new LongAdder()).toArray(LongAdder[]::new);

        void end(long took) {
            nanos.add(took);
            for (int i = 0; i < buckets.length; i++) {
                if (Use.seconds(took).compareTo(BUCKETS.get(i)) <= 0) {
                    buckets[i].increment();
                }
            }
            ended.increment();
        }
    }

    /// Lets `handler` answer. A conversation counts as over when it has begun, as the time of an answer does not
    /// contain that of its reader.
    Response counted(Request request, Handler handler) throws IOException, InterruptedException {
        Tally tally = tallies.computeIfAbsent(labels(request), key -> new Tally());
        tally.begun.increment();
        long begun = time.nanoTime();
        try {
            return handler.handle(request);
        } finally {
            tally.end(time.nanoTime() - begun);
        }
    }

    private static List<String> labels(Request request) {
        String[] steps = request.path().split("/", 4);
        String path = steps.length > 1 ? steps[1] : "";
        path = path.equals("metrics") && steps.length > 2 ? path + "/" + steps[2] : path;
        path = PATHS.contains(path) ? path : "other";
        String method = METHODS.contains(request.method()) ? request.method() : "other";
        return List.of(
                "long_running",
                Boolean.toString(LONG.contains(path)),
                "method",
                method,
                "path",
                path,
                "server_type",
                "readwrite");
    }

    void measure(MetricsPage page) {
        page.family("kubelet_http_inflight_requests", "gauge", "[ALPHA] Number of the inflight http requests");
        tallies.forEach((labels, tally) ->
                page.sample("kubelet_http_inflight_requests", tally.begun.sum() - tally.ended.sum(), array(labels)));
        page.family(
                "kubelet_http_requests_duration_seconds",
                "histogram",
                "[ALPHA] Duration in seconds to serve http requests");
        tallies.forEach((labels, tally) -> {
            for (int i = 0; i < tally.buckets.length; i++) {
                String bound = BUCKETS.get(i).stripTrailingZeros().toPlainString();
                page.sample(
                        "kubelet_http_requests_duration_seconds_bucket",
                        tally.buckets[i].sum(),
                        array(labels, "le", bound));
            }
            long count = tally.ended.sum();
            page.sample("kubelet_http_requests_duration_seconds_bucket", count, array(labels, "le", "+Inf"));
            page.sample("kubelet_http_requests_duration_seconds_sum", Use.seconds(tally.nanos.sum()), array(labels));
            page.sample("kubelet_http_requests_duration_seconds_count", count, array(labels));
        });
        page.family(
                "kubelet_http_requests_total",
                "counter",
                "[ALPHA] Number of the http requests received since the server started");
        tallies.forEach(
                (labels, tally) -> page.sample("kubelet_http_requests_total", tally.begun.sum(), array(labels)));
    }

    private static String[] array(List<String> labels, String... more) {
        return java.util.stream.Stream.concat(labels.stream(), java.util.stream.Stream.of(more))
                .toArray(String[]::new);
    }
}
