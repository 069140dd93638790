package dev.longshore.kinds.authorization;

import dev.longshore.base.Time;
import dev.longshore.model.Meters;
import dev.longshore.model.Meters.Meter;
import dev.longshore.model.MetricFamily;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
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

    private static final String PREFIX = "apiserver_authorization_";
    private static final Meter DECISIONS = Meter.counter(
            PREFIX + "decisions_total", "How often each authorizer allowed or denied.", "type", "name", "decision");
    private static final Meter EVALUATIONS = Meter.counter(
            PREFIX + "webhook_evaluations_total",
            "Calls of authorization webhooks, by what came of them.",
            "name",
            "result");
    private static final Meter CALLS = Meter.histogram(
            PREFIX + "webhook_duration_seconds",
            "How long authorization webhooks took.",
            List.of(.005, .01, .025, .05, .1, .25, .5, 1.0, 2.5, 5.0, 10.0),
            "name",
            "result");
    private static final Meter FAILED_OPEN = Meter.counter(
            PREFIX + "webhook_evaluations_fail_open_total",
            "Failures of authorization webhooks that counted as no opinion.",
            "name",
            "result");
    private static final Meter CONDITIONS = Meter.histogram(
            PREFIX + "match_condition_evaluation_seconds",
            "How long conditions of authorization webhooks took.",
            List.of(0.001, 0.005, 0.01, 0.025, 0.1, 0.2, 0.25),
            "type",
            "name");
    private static final Meter CONDITION_ERRORS = Meter.counter(
            PREFIX + "match_condition_evaluation_errors_total",
            "Questions whose conditions could not be evaluated.",
            "type",
            "name");
    private static final Meter EXCLUSIONS = Meter.counter(
            PREFIX + "match_condition_exclusions_total",
            "Questions that conditions kept from a webhook.",
            "type",
            "name");
    private static final Meter RELOADS = Meter.counter(
            PREFIX + "config_controller_automatic_reloads_total",
            "How often the configuration of authorization was read again.",
            "apiserver_id_hash",
            "status");
    private static final String LAST = PREFIX + "config_controller_automatic_reload_last_timestamp_seconds";
    private static final String IN_USE = PREFIX + "config_controller_last_config_info";
    private static final Map<String, String> GAUGES = Map.of(
            LAST, "When the configuration of authorization was last read again.",
            IN_USE, "Which configuration of authorization counts.");

    private final Time time;
    private final Meters meters = new Meters();
    private final Map<Gauge, Double> gauges = new ConcurrentHashMap<>();

    /// By `time`.
    public AuthorizationMeters(Time time) {
        this.time = time;
    }

    private record Gauge(String family, List<String> labels, List<String> values) {
        Gauge {
            labels = List.copyOf(labels);
            values = List.copyOf(values);
        }
    }

    /// Counts how often an authorizer had an opinion.
    ///
    /// @param decision `allowed` or `denied`
    public LongAdder decisions(String type, String name, String decision) {
        return meters.counter(DECISIONS, type, name, decision);
    }

    /// A back end was called.
    public void called(String name, String result, long nanos) {
        meters.count(EVALUATIONS, name, result);
        meters.took(CALLS, nanos, name, result);
    }

    /// A back end's failure was taken for no opinion.
    public void failedOpen(String name, String result) {
        meters.count(FAILED_OPEN, name, result);
    }

    /// A back end's conditions were evaluated.
    public void matched(String name, long nanos, boolean fits, boolean hasErrors) {
        meters.took(CONDITIONS, nanos, "Webhook", name);
        if (hasErrors) {
            meters.count(CONDITION_ERRORS, "Webhook", name);
        } else if (!fits) {
            meters.count(EXCLUSIONS, "Webhook", name);
        }
    }

    /// The configuration was read again.
    ///
    /// @param server hash of the server's identity
    public void reloaded(boolean isGood, String server) {
        String status = isGood ? "success" : "failure";
        meters.count(RELOADS, server, status);
        gauges.put(
                new Gauge(LAST, List.of("apiserver_id_hash", "status"), List.of(server, status)),
                time.now().toEpochMilli() / 1000.0);
    }

    /// This configuration counts.
    ///
    /// @param hash of it
    public void inUse(String server, String hash) {
        gauges.keySet().removeIf(gauge -> gauge.family.equals(IN_USE));
        gauges.put(new Gauge(IN_USE, List.of("apiserver_id_hash", "hash"), List.of(server, hash)), 1.0);
    }

    /// All of it, in the order of the names.
    public List<MetricFamily> families() {
        var told = new TreeMap<String, List<MetricFamily.Sample>>();
        gauges.forEach((gauge, value) -> told.computeIfAbsent(gauge.family, unseen -> new ArrayList<>())
                .add(new MetricFamily.Sample(gauge.labels, gauge.values, value)));
        var families = new ArrayList<>(meters.families());
        told.forEach((name, samples) ->
                families.add(new MetricFamily(name, "gauge", GAUGES.getOrDefault(name, ""), samples)));
        families.sort(Comparator.comparing(MetricFamily::name));
        return families;
    }
}
