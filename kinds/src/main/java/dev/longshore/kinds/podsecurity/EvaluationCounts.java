package dev.longshore.kinds.podsecurity;

import dev.longshore.kinds.podsecurity.controls.Level;
import dev.longshore.kinds.podsecurity.controls.LevelVersion;
import dev.longshore.model.Admission.Attempt;
import dev.longshore.model.MetricFamily;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/// What became of the writes that Pod Security looked at, for `/metrics`. Thread-safe.
final class EvaluationCounts {

    /// Policies of later releases are not told apart.
    private static final long NEWEST = 36;

    private final Map<List<String>, LongAdder> evaluations = new ConcurrentHashMap<>();
    private final Map<List<String>, LongAdder> exemptions = new ConcurrentHashMap<>();
    private final Map<List<String>, LongAdder> errors = new ConcurrentHashMap<>();

    EvaluationCounts() {
        for (String operation : List.of("create", "update")) {
            seen(evaluations, List.of("allow", "privileged", "latest", "enforce", operation, "pod", ""));
            seen(exemptions, List.of(operation, "pod", ""));
            seen(exemptions, List.of(operation, "controller", ""));
        }
    }

    enum Decision {
        ALLOW,
        DENY
    }

    void evaluated(Attempt attempt, Decision decision, LevelVersion level, String mode) {
        seen(
                        evaluations,
                        List.of(
                                decision.name().toLowerCase(Locale.ROOT),
                                level.level().toString(),
                                version(level),
                                mode,
                                operation(attempt),
                                resource(attempt),
                                attempt.subresource()))
                .increment();
    }

    void exempted(Attempt attempt) {
        seen(exemptions, List.of(operation(attempt), resource(attempt), attempt.subresource()))
                .increment();
    }

    /// @param isFatal if the write was not judged for it
    void failed(Attempt attempt, boolean isFatal) {
        seen(errors, List.of(String.valueOf(isFatal), operation(attempt), resource(attempt), attempt.subresource()))
                .increment();
    }

    private static LongAdder seen(Map<List<String>, LongAdder> counts, List<String> labels) {
        return counts.computeIfAbsent(labels, unseen -> new LongAdder());
    }

    private static String version(LevelVersion level) {
        if (level.level() == Level.PRIVILEGED) {
            return "latest";
        }
        boolean isLater = !level.version().isLatest() && level.version().minor() > NEWEST;
        return isLater ? "future" : level.version().toString();
    }

    private static String operation(Attempt attempt) {
        return attempt.operation().name().toLowerCase(Locale.ROOT);
    }

    private static String resource(Attempt attempt) {
        return switch (attempt.resource().toString()) {
            case "pods" -> "pod";
            case "namespaces" -> "namespace";
            default -> "controller";
        };
    }

    List<MetricFamily> families() {
        return List.of(
                family(
                        "pod_security_evaluations_total",
                        "Policies that were applied to requests.",
                        evaluations,
                        List.of(
                                "decision",
                                "policy_level",
                                "policy_version",
                                "mode",
                                "request_operation",
                                "resource",
                                "subresource")),
                family(
                        "pod_security_exemptions_total",
                        "Requests that are exempt from policies.",
                        exemptions,
                        List.of("request_operation", "resource", "subresource")),
                family(
                        "pod_security_errors_total",
                        "Errors that kept a policy from being applied as it should be.",
                        errors,
                        List.of("fatal", "request_operation", "resource", "subresource")));
    }

    private static MetricFamily family(
            String name, String help, Map<List<String>, LongAdder> counts, List<String> labels) {
        var sorted = new TreeMap<String, MetricFamily.Sample>();
        counts.forEach((values, count) ->
                sorted.put(String.join("\n", values), new MetricFamily.Sample(labels, values, count.sum())));
        return new MetricFamily(name, "counter", help, List.copyOf(sorted.values()));
    }
}
