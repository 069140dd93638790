package dev.longshore.kinds.matching;

import dev.longshore.model.Admission.Attempt;
import dev.longshore.model.Meters;
import dev.longshore.model.Meters.Meter;
import dev.longshore.model.MetricFamily;
import java.util.List;

/// Counts what `matchConditions` decided, under the names that kube-apiserver's metrics have. Thread-safe.
public final class ConditionTally {

    private static final String PREFIX = "apiserver_admission_match_condition_";
    private static final Meter DURATION = Meter.histogram(
            PREFIX + "evaluation_seconds",
            "How long conditions took.",
            List.of(0.001, 0.005, 0.01, 0.025, 0.1, 0.2, 0.25),
            "name",
            "kind",
            "type",
            "operation");
    private static final Meter ERRORS = Meter.counter(
            PREFIX + "evaluation_errors_total",
            "Conditions that could not be evaluated.",
            "name",
            "kind",
            "type",
            "operation");
    private static final Meter EXCLUSIONS = Meter.counter(
            PREFIX + "exclusions_total",
            "Requests that nobody was asked about because of conditions.",
            "name",
            "kind",
            "type",
            "operation");

    private final String kind;
    private final String type;
    private final Meters meters = new Meters();

    /// @param kind `webhook` or `policy`
    /// @param type `admit` or `validate`
    public ConditionTally(String kind, String type) {
        this.kind = kind;
        this.type = type;
    }

    /// The conditions of `name` came to `verdict`.
    public void judged(String name, Attempt attempt, MatchConditions.Verdict verdict, long nanos) {
        String operation = attempt.operation().name();
        meters.took(DURATION, nanos, name, kind, type, operation);
        switch (verdict) {
            case MatchConditions.Verdict.Holds() -> {}
            case MatchConditions.Verdict.Fails(String _) -> meters.count(EXCLUSIONS, name, kind, type, operation);
            case MatchConditions.Verdict.Unknown(String _) -> meters.count(ERRORS, name, kind, type, operation);
        }
    }

    /// How often each has been, for `/metrics`.
    public List<MetricFamily> families() {
        return meters.families();
    }
}
