package dev.longshore.kinds.webhooks;

import dev.longshore.model.Admission.Attempt;
import dev.longshore.model.MetricFamily;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/// Counts what came of asking webhooks, under the names that kube-apiserver's metrics have. Thread-safe.
final class HookTally {

    private static final int LARGEST_CODE = 600;
    private static final int FINE = 200;

    private final String type;
    private final Map<Count, LongAdder> counts = new ConcurrentHashMap<>();

    /// @param type `admit` or `validating`
    HookTally(String type) {
        this.type = type;
    }

    /// What is counted.
    ///
    /// @param labels of the metric, and their values
    record Count(Metric metric, List<String> values) {
        Count {
            values = List.copyOf(values);
        }
    }

    /// The metrics, with their labels.
    enum Metric {
        REQUESTS(
                "webhook_request_total",
                "Requests that a webhook was asked about.",
                List.of("name", "type", "operation", "code", "rejected")),
        REJECTIONS(
                "webhook_rejection_count",
                "Requests that were rejected by a webhook or for want of one.",
                List.of("name", "type", "operation", "error_type", "rejection_code")),
        FAILED_OPEN(
                "webhook_fail_open_count",
                "Requests that went on though a webhook could not be asked.",
                List.of("name", "type")),
        EXCLUSIONS(
                "match_condition_exclusions_total",
                "Requests that a webhook was not asked about because of its conditions.",
                List.of("name", "kind", "type", "operation"));

        private final String name;
        private final String help;
        private final List<String> labels;

        Metric(String name, String help, List<String> labels) {
            this.name = name;
            this.help = help;
            this.labels = labels;
        }
    }

    void told(Hook hook, Attempt attempt, Outcome outcome) {
        switch (outcome) {
            case Outcome.Agreed _ -> request(hook, attempt, FINE, false);
            case Outcome.Refused refused ->
                rejected(hook, attempt, "no_error", refused.fault().code());
            case Outcome.Forbidden _ -> rejected(hook, attempt, "apiserver_internal_error", 0);
            case Outcome.Failed failed -> {
                if (hook.failsOpen()) {
                    count(Metric.FAILED_OPEN, hook.name(), type);
                    request(hook, attempt, failed.code(), false);
                } else {
                    rejected(hook, attempt, "calling_webhook_error", failed.code());
                }
            }
        }
    }

    void excluded(Hook hook, Attempt attempt) {
        count(
                Metric.EXCLUSIONS,
                hook.name(),
                "webhook",
                type,
                attempt.operation().name());
    }

    private void rejected(Hook hook, Attempt attempt, String error, int code) {
        count(Metric.REJECTIONS, hook.name(), type, attempt.operation().name(), error, shown(code));
        request(hook, attempt, code, true);
    }

    private void request(Hook hook, Attempt attempt, int code, boolean isRejected) {
        count(
                Metric.REQUESTS,
                hook.name(),
                type,
                attempt.operation().name(),
                shown(code),
                Boolean.toString(isRejected));
    }

    private void count(Metric metric, String... values) {
        counts.computeIfAbsent(new Count(metric, List.of(values)), _ -> new LongAdder())
                .increment();
    }

    /// So that whoever answers invented codes does not make ever more metrics.
    private static String shown(int code) {
        return Integer.toString(Math.min(code, LARGEST_CODE));
    }

    /// How often each has been, for `/metrics`.
    List<MetricFamily> families() {
        var families = new ArrayList<MetricFamily>();
        for (Metric metric : Metric.values()) {
            List<MetricFamily.Sample> samples = counts.entrySet().stream()
                    .filter(count -> count.getKey().metric == metric)
                    .map(count -> new MetricFamily.Sample(
                            metric.labels,
                            count.getKey().values,
                            count.getValue().sum()))
                    .toList();
            if (!samples.isEmpty()) {
                families.add(new MetricFamily("apiserver_admission_" + metric.name, "counter", metric.help, samples));
            }
        }
        return families;
    }
}
