package dev.longshore.kinds.webhooks;

import dev.longshore.kinds.matching.ConditionTally;
import dev.longshore.model.Admission.Attempt;
import dev.longshore.model.Meters;
import dev.longshore.model.Meters.Meter;
import dev.longshore.model.MetricFamily;
import java.util.ArrayList;
import java.util.List;

/// Counts what came of asking webhooks, under the names that kube-apiserver's metrics have. Thread-safe.
final class HookTally {

    private static final int LARGEST_CODE = 600;
    private static final int FINE = 200;
    private static final String PREFIX = "apiserver_admission_";
    private static final Meter REQUESTS = Meter.counter(
            PREFIX + "webhook_request_total",
            "Requests that a webhook was asked about.",
            "name",
            "type",
            "operation",
            "code",
            "rejected");
    private static final Meter DURATION = Meter.histogram(
            PREFIX + "webhook_admission_duration_seconds",
            "How long webhooks took.",
            List.of(0.005, 0.025, 0.1, 0.5, 1.0, 2.5, 10.0, 25.0),
            "name",
            "type",
            "operation",
            "rejected");
    private static final Meter REJECTIONS = Meter.counter(
            PREFIX + "webhook_rejection_count",
            "Requests that were rejected by a webhook or for want of one.",
            "name",
            "type",
            "operation",
            "error_type",
            "rejection_code");
    private static final Meter FAILED_OPEN = Meter.counter(
            PREFIX + "webhook_fail_open_count",
            "Requests that went on though a webhook could not be asked.",
            "name",
            "type");

    private final String type;
    private final Meters meters = new Meters();
    private final ConditionTally conditions;

    /// @param type `admit` or `validating`
    HookTally(String type) {
        this.type = type;
        this.conditions = new ConditionTally("webhook", type.equals("admit") ? type : "validate");
    }

    /// What conditions decided.
    ConditionTally conditions() {
        return conditions;
    }

    void told(Hook hook, Attempt attempt, HookCall.Answered answered) {
        switch (answered.outcome()) {
            case Outcome.Agreed _ -> request(hook, attempt, answered, FINE, false);
            case Outcome.Refused refused ->
                rejected(hook, attempt, answered, "no_error", refused.fault().code());
            case Outcome.Forbidden _ -> rejected(hook, attempt, answered, "apiserver_internal_error", 0);
            case Outcome.Failed failed -> {
                if (hook.failsOpen()) {
                    meters.count(FAILED_OPEN, hook.name(), type);
                    request(hook, attempt, answered, failed.code(), false);
                } else {
                    rejected(hook, attempt, answered, "calling_webhook_error", failed.code());
                }
            }
        }
    }

    private void rejected(Hook hook, Attempt attempt, HookCall.Answered answered, String error, int code) {
        meters.count(REJECTIONS, hook.name(), type, attempt.operation().name(), error, shown(code));
        request(hook, attempt, answered, code, true);
    }

    private void request(Hook hook, Attempt attempt, HookCall.Answered answered, int code, boolean isRejected) {
        String operation = attempt.operation().name();
        String rejected = Boolean.toString(isRejected);
        meters.count(REQUESTS, hook.name(), type, operation, shown(code), rejected);
        meters.took(DURATION, answered.nanos(), hook.name(), type, operation, rejected);
    }

    /// So that whoever answers invented codes does not make ever more metrics.
    private static String shown(int code) {
        return Integer.toString(Math.min(code, LARGEST_CODE));
    }

    /// How often each has been, for `/metrics`.
    List<MetricFamily> families() {
        var families = new ArrayList<>(meters.families());
        families.addAll(conditions.families());
        return families;
    }
}
