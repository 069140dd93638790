package dev.longshore.kinds.policies;

import dev.longshore.kinds.matching.ConditionTally;
import dev.longshore.model.Meters;
import dev.longshore.model.Meters.Meter;
import dev.longshore.model.MetricFamily;
import java.util.ArrayList;
import java.util.List;

/// Counts what policies did, under the names that kube-apiserver's metrics have. Thread-safe.
final class PolicyTally {

    private static final List<Double> BOUNDS = List.of(0.0000005, 0.001, 0.01, 0.1, 1.0);
    private static final String VALIDATING = "apiserver_validating_admission_policy_";
    private static final String MUTATING = "apiserver_mutating_admission_policy_";
    private static final Meter VALIDATIONS = Meter.counter(
            VALIDATING + "check_total",
            "What validations of policies did.",
            "policy",
            "policy_binding",
            "error_type",
            "enforcement_action");
    private static final Meter VALIDATION_SPANS = Meter.histogram(
            VALIDATING + "check_duration_seconds",
            "How long such validations took.",
            BOUNDS,
            "policy",
            "policy_binding",
            "error_type",
            "enforcement_action");
    private static final Meter MUTATIONS = Meter.counter(
            MUTATING + "check_total", "What policies that change did.", "policy", "policy_binding", "error_type");
    private static final Meter MUTATION_SPANS = Meter.histogram(
            MUTATING + "check_duration_seconds",
            "How long they took.",
            BOUNDS,
            "policy",
            "policy_binding",
            "error_type");

    private final Meters meters = new Meters();
    private final ConditionTally conditions = new ConditionTally("policy", "validate");

    /// What conditions decided.
    ConditionTally conditions() {
        return conditions;
    }

    /// @param error why a validation came to nothing; empty if it did not
    /// @param action `allow`, `deny`, `audit` or `warn`
    void validated(PolicyHead policy, PolicyBinding binding, String error, String action, long nanos) {
        meters.count(VALIDATIONS, policy.name(), binding.name(), type(error), action);
        meters.took(VALIDATION_SPANS, nanos, policy.name(), binding.name(), type(error), action);
    }

    /// @param error why a change came to nothing; empty if it did not
    void changed(PolicyHead policy, PolicyBinding binding, String error, long nanos) {
        meters.count(MUTATIONS, policy.name(), binding.name(), type(error));
        meters.took(MUTATION_SPANS, nanos, policy.name(), binding.name(), type(error));
    }

    private static String type(String error) {
        if (error.isEmpty()) {
            return "no_error";
        }
        if (error.startsWith("compilation")) {
            return "compile_error";
        }
        return error.startsWith("validation failed due to running out of cost budget")
                ? "out_of_budget"
                : "invalid_error";
    }

    List<MetricFamily> families() {
        var families = new ArrayList<>(meters.families());
        families.addAll(conditions.families());
        return families;
    }
}
