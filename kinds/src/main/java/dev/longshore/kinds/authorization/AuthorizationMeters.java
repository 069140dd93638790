package dev.longshore.kinds.authorization;

import dev.longshore.base.Time;
import dev.longshore.model.MetricFamily;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.DoubleAdder;
import java.util.concurrent.atomic.LongAdder;

/// Counts what authorizers do, under kube-apiserver's names. Thread-safe; counting costs next to nothing.
public final class AuthorizationMeters {

    /// A back end was asked and answered.
    public static final String SUCCESS = "success";

    /// It could not be asked, or answered nonsense.
    public static final String ERROR = "error";

    /// It was silent too long.
    public static final String TIMEOUT = "timeout";

    /// Whoever wanted to know is gone.
    public static final String CANCELED = "canceled";

    private static final double[] CALLS = {.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10};
    private static final double[] CONDITIONS = {0.001, 0.005, 0.01, 0.025, 0.1, 0.2, 0.25};
    private static final double NANOS = 1e9;
    private static final Map<String, String> HELP = Map.of(
            "apiserver_authorization_decisions_total",
            "How often each authorizer allowed or denied.",
            "apiserver_authorization_webhook_evaluations_total",
            "Calls of authorization webhooks, by what came of them.",
            "apiserver_authorization_webhook_duration_seconds",
            "How long authorization webhooks took.",
            "apiserver_authorization_webhook_evaluations_fail_open_total",
            "Failures of authorization webhooks that counted as no opinion.",
            "apiserver_authorization_match_condition_evaluation_seconds",
            "How long conditions of authorization webhooks took.",
            "apiserver_authorization_match_condition_evaluation_errors_total",
            "Questions whose conditions could not be evaluated.",
            "apiserver_authorization_match_condition_exclusions_total",
            "Questions that conditions kept from a webhook.",
            "apiserver_authorization_config_controller_automatic_reloads_total",
            "How often the configuration of authorization was read again.",
            "apiserver_authorization_config_controller_automatic_reload_last_timestamp_seconds",
            "When the configuration of authorization was last read again.",
            "apiserver_authorization_config_controller_last_config_info",
            "Which configuration of authorization counts.");

    private final Time time;
    private final Map<Key, LongAdder> counts = new ConcurrentHashMap<>();
    private final Map<Key, Double> gauges = new ConcurrentHashMap<>();
    private final Map<Key, Spans> spans = new ConcurrentHashMap<>();

    /// By `time`.
    public AuthorizationMeters(Time time) {
        this.time = time;
    }

    /// One series.
    ///
    /// @param labels name, value, name, value …
    private record Key(String family, List<String> labels) {
        Key {
            labels = List.copyOf(labels);
        }
    }

    /// How often something took at most how long.
    private static final class Spans {
        private final double[] bounds;
        private final LongAdder[] counts;
        private final DoubleAdder sum = new DoubleAdder();

        private Spans(double[] bounds) {
            this.bounds = bounds;
            this.counts = new LongAdder[bounds.length + 1];
            Arrays.setAll(counts, index -> new LongAdder());
        }

        private void add(double seconds) {
            int at = 0;
            while (at < bounds.length && seconds > bounds[at]) {
                at++;
            }
            counts[at].increment();
            sum.add(seconds);
        }

        private void tell(Map<String, List<MetricFamily.Sample>> samples, Key key) {
            long below = 0;
            for (int i = 0; i < counts.length; i++) {
                below += counts[i].sum();
                String bound = i < bounds.length ? Double.toString(bounds[i]).replaceFirst("\\.0$", "") : "+Inf";
                AuthorizationMeters.add(samples, key, "_bucket", List.of("le"), List.of(bound), below);
            }
            AuthorizationMeters.add(samples, key, "_sum", List.of(), List.of(), sum.sum());
            AuthorizationMeters.add(samples, key, "_count", List.of(), List.of(), below);
        }
    }

    /// Counts how often an authorizer had an opinion.
    ///
    /// @param decision `allowed` or `denied`
    public LongAdder decisions(String type, String name, String decision) {
        return counts.computeIfAbsent(
                new Key(
                        "apiserver_authorization_decisions_total",
                        List.of("type", type, "name", name, "decision", decision)),
                unseen -> new LongAdder());
    }

    /// A back end was called.
    public void called(String name, String result, long nanos) {
        count("apiserver_authorization_webhook_evaluations_total", "name", name, "result", result);
        span("apiserver_authorization_webhook_duration_seconds", CALLS, nanos, "name", name, "result", result);
    }

    /// A back end's failure was taken for no opinion.
    public void failedOpen(String name, String result) {
        count("apiserver_authorization_webhook_evaluations_fail_open_total", "name", name, "result", result);
    }

    /// A back end's conditions were evaluated.
    public void matched(String name, long nanos, boolean fits, boolean hasErrors) {
        span(
                "apiserver_authorization_match_condition_evaluation_seconds",
                CONDITIONS,
                nanos,
                "type",
                "Webhook",
                "name",
                name);
        if (hasErrors) {
            count("apiserver_authorization_match_condition_evaluation_errors_total", "type", "Webhook", "name", name);
        } else if (!fits) {
            count("apiserver_authorization_match_condition_exclusions_total", "type", "Webhook", "name", name);
        }
    }

    /// The configuration was read again.
    ///
    /// @param server hash of the server's identity
    public void reloaded(boolean isGood, String server) {
        String status = isGood ? "success" : "failure";
        String prefix = "apiserver_authorization_config_controller_automatic_reload";
        count(prefix + "s_total", "apiserver_id_hash", server, "status", status);
        gauges.put(
                new Key(prefix + "_last_timestamp_seconds", List.of("apiserver_id_hash", server, "status", status)),
                time.now().toEpochMilli() / 1000.0);
    }

    /// This configuration counts.
    ///
    /// @param hash of it
    public void inUse(String server, String hash) {
        String family = "apiserver_authorization_config_controller_last_config_info";
        gauges.keySet().removeIf(key -> key.family.equals(family));
        gauges.put(new Key(family, List.of("apiserver_id_hash", server, "hash", hash)), 1.0);
    }

    private void count(String family, String... labels) {
        counts.computeIfAbsent(new Key(family, List.of(labels)), unseen -> new LongAdder())
                .increment();
    }

    private void span(String family, double[] bounds, long nanos, String... labels) {
        spans.computeIfAbsent(new Key(family, List.of(labels)), unseen -> new Spans(bounds))
                .add(nanos / NANOS);
    }

    /// All of it, in the order of the names.
    public List<MetricFamily> families() {
        var samples = new TreeMap<String, List<MetricFamily.Sample>>();
        counts.forEach((key, count) -> {
            if (count.sum() > 0) {
                add(samples, key, "", List.of(), List.of(), count.sum());
            }
        });
        gauges.forEach((key, value) -> add(samples, key, "", List.of(), List.of(), value));
        spans.forEach((key, span) -> span.tell(samples, key));
        return samples.entrySet().stream()
                .map(entry -> new MetricFamily(
                        entry.getKey(), type(entry.getKey()), HELP.getOrDefault(entry.getKey(), ""), entry.getValue()))
                .toList();
    }

    private static String type(String family) {
        if (family.endsWith("_total")) {
            return "counter";
        }
        return family.endsWith("_timestamp_seconds") || family.endsWith("_info") ? "gauge" : "histogram";
    }

    private static void add(
            Map<String, List<MetricFamily.Sample>> samples,
            Key key,
            String suffix,
            List<String> moreLabels,
            List<String> moreValues,
            double value) {
        var labels = new ArrayList<String>();
        var values = new ArrayList<String>();
        for (int i = 0; i < key.labels.size(); i += 2) {
            labels.add(key.labels.get(i));
            values.add(key.labels.get(i + 1));
        }
        labels.addAll(moreLabels);
        values.addAll(moreValues);
        samples.computeIfAbsent(key.family, unseen -> new ArrayList<>())
                .add(new MetricFamily.Sample(suffix, labels, values, value));
    }
}
