package dev.longshore.images.registry;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.LongAdder;

/// What a registry counts, told in Prometheus's text format, by the names and labels of the distribution project's
/// registry where it has the same. Thread-safe.
public final class Metrics {

    private static final double NANOS = 1e9;
    private static final double[] BOUNDS = {0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25, 60};

    private final Map<String, LongAdder> counters = new ConcurrentSkipListMap<>();
    private final Map<String, Histogram> durations = new ConcurrentSkipListMap<>();

    private record Histogram(LongAdder[] buckets, LongAdder count, LongAdder nanos) {
        static Histogram empty() {
            var buckets = new LongAdder[BOUNDS.length];
            java.util.Arrays.setAll(buckets, i -> new LongAdder());
            return new Histogram(buckets, new LongAdder(), new LongAdder());
        }

        void add(long nanosTaken) {
            for (int i = 0; i < BOUNDS.length; i++) {
                if (nanosTaken <= BOUNDS[i] * NANOS) {
                    buckets[i].increment();
                }
            }
            count.increment();
            nanos.add(nanosTaken);
        }
    }

    /// Counts an answered request of `route` (a fixed word, never the client's).
    void request(String route, String method, int status, long nanos) {
        String known =
                switch (method) {
                    case "GET", "HEAD", "PUT", "POST", "PATCH", "DELETE" -> method.toLowerCase(Locale.ROOT);
                    default -> "other";
                };
        add(
                "registry_http_requests_total{code=\"%d\",handler=\"%s\",method=\"%s\"}"
                        .formatted(status, route, known),
                1);
        durations
                .computeIfAbsent("handler=\"%s\",method=\"%s\"".formatted(route, known), absent -> Histogram.empty())
                .add(nanos);
    }

    /// Counts `more` under `series`, a name with its labels.
    public void add(String series, long more) {
        counters.computeIfAbsent(series, absent -> new LongAdder()).add(more);
    }

    /// Everything, as `GET /metrics` answers it.
    public byte[] text() {
        var text = new StringBuilder();
        String last = "";
        for (Map.Entry<String, LongAdder> counter : counters.entrySet()) {
            String name = counter.getKey().replaceFirst("\\{.*$", "");
            if (!name.equals(last)) {
                text.append("# TYPE ").append(name).append(" counter\n");
                last = name;
            }
            text.append(counter.getKey())
                    .append(' ')
                    .append(counter.getValue().sum())
                    .append('\n');
        }
        String name = "registry_http_request_duration_seconds";
        if (!durations.isEmpty()) {
            text.append("# TYPE ").append(name).append(" histogram\n");
        }
        durations.forEach((labels, histogram) -> {
            for (int i = 0; i < BOUNDS.length; i++) {
                text.append("%s_bucket{%s,le=\"%s\"} %d%n"
                        .formatted(name, labels, BOUNDS[i], histogram.buckets()[i].sum()));
            }
            text.append("%s_bucket{%s,le=\"+Inf\"} %d%n"
                    .formatted(name, labels, histogram.count().sum()));
            text.append(
                    "%s_sum{%s} %s%n".formatted(name, labels, histogram.nanos().sum() / NANOS));
            text.append("%s_count{%s} %d%n"
                    .formatted(name, labels, histogram.count().sum()));
        });
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }
}
