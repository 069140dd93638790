package dev.longshore.kinds.batch;

import dev.longshore.kinds.kit.Checks;
import dev.longshore.kinds.kit.Trees;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What may be said of how far a job is. A job ends once, and what is counted is not uncounted.
final class JobStatusChecks {

    private static final String CONDITIONS = "status.conditions";

    private final Checks checks;
    private final ObjectNode job;
    private final ObjectNode old;
    private final JsonNode status;
    private final boolean isComplete;
    private final boolean isFailed;

    JobStatusChecks(Checks checks, ObjectNode job, ObjectNode old) {
        this.checks = checks;
        this.job = job;
        this.old = old;
        this.status = job.path("status");
        this.isComplete = hasCondition(job, "Complete");
        this.isFailed = hasCondition(job, "Failed");
    }

    static boolean hasCondition(JsonNode job, String type) {
        return Trees.list(job, "status", "conditions").stream()
                .anyMatch(condition -> Trees.text(condition, "type").equals(type)
                        && Trees.text(condition, "status").equals("True"));
    }

    void check() {
        for (String field : List.of("active", "succeeded", "failed", "ready", "terminating")) {
            checks.nonNegative("status." + field, status.path(field));
        }
        uncounted();
        ends();
        times();
        finished();
        indexes();
        if (Trees.number(status, 0, "ready") > Trees.number(status, 0, "active")) {
            checks.invalid("status.ready", Trees.number(status, 0, "ready"), "cannot set more ready pods than active");
        }
        reasons();
        changes();
    }

    private void uncounted() {
        var seen = new HashSet<String>();
        for (String list : List.of("succeeded", "failed")) {
            List<String> uids = Trees.strings(status, "uncountedTerminatedPods", list);
            for (int i = 0; i < uids.size(); i++) {
                String at = "status.uncountedTerminatedPods." + list + "[" + i + "]";
                if (uids.get(i).isEmpty()) {
                    checks.invalid(at, "", "must not be empty");
                } else {
                    checks.unique(at, uids.get(i), seen);
                }
            }
        }
    }

    private void ends() {
        if (isComplete && isFailed) {
            checks.invalidUnshown(CONDITIONS, "cannot set Complete=True and Failed=true conditions");
        }
        if (isComplete && hasCondition(job, "FailureTarget")) {
            checks.invalidUnshown(CONDITIONS, "cannot set Complete=True and FailureTarget=true conditions");
        }
    }

    private void times() {
        JsonNode completion = status.path("completionTime");
        boolean isTimed = Trees.has(status, "completionTime");
        if (isTimed && !isComplete) {
            checks.invalid(
                    "status.completionTime",
                    completion,
                    "cannot set completionTime when there is no Complete=True condition");
        } else if (!isTimed && isComplete) {
            checks.required("status.completionTime", "completionTime is required for Complete jobs");
        }
        Optional<Instant> start = instant(Trees.text(status, "startTime"));
        Optional<Instant> end = instant(Trees.text(status, "completionTime"));
        if (start.isPresent() && end.isPresent() && end.get().isBefore(start.get())) {
            checks.invalid("status.completionTime", completion, "must be equal to or after `startTime`");
        }
    }

    private static Optional<Instant> instant(String text) {
        try {
            return text.isEmpty() ? Optional.empty() : Optional.of(Instant.parse(text));
        } catch (DateTimeException notATime) {
            return Optional.empty();
        }
    }

    private void finished() {
        if (isFailed && !hasCondition(job, "FailureTarget")) {
            checks.invalidUnshown(
                    CONDITIONS, "cannot set Failed=True condition without the FailureTarget=true condition");
        }
        if (isComplete && !hasCondition(job, "SuccessCriteriaMet")) {
            checks.invalidUnshown(
                    CONDITIONS, "cannot set Complete=True condition without the SuccessCriteriaMet=true condition");
        }
        if (!isComplete && !isFailed) {
            return;
        }
        long active = Trees.number(status, 0, "active");
        if (active > 0) {
            checks.invalid("status.active", active, "active>0 is invalid for finished job");
        }
        if (!Trees.has(status, "startTime")) {
            checks.required("status.startTime", "startTime is required for finished job");
        }
        JsonNode uncounted = status.path("uncountedTerminatedPods");
        if (!uncounted.path("succeeded").isEmpty() || !uncounted.path("failed").isEmpty()) {
            checks.invalid("status.uncountedTerminatedPods", uncounted, "must be empty for finished job");
        }
        long terminating = Trees.number(status, 0, "terminating");
        if (terminating > 0) {
            checks.invalid("status.terminating", terminating, "terminating>0 is invalid for finished job");
        }
    }

    private void indexes() {
        JsonNode spec = job.path("spec");
        String completed = Trees.text(status, "completedIndexes");
        String failed = Trees.text(status, "failedIndexes");
        boolean hasFailed = Trees.has(status, "failedIndexes");
        boolean isLimited = Trees.has(spec, "backoffLimitPerIndex");
        long completions = Trees.number(spec, 0, "completions");
        var done = Indexes.parse(completed, completions);
        var lost = Indexes.parse(failed, completions);
        if (Trees.has(spec, "completions")) {
            fault("completedIndexes", completed, done);
            if (isLimited) {
                fault("failedIndexes", failed, lost);
            }
        }
        if (!completed.isEmpty() && !JobChecks.isIndexed(spec)) {
            checks.invalid(
                    "status.completedIndexes",
                    completed,
                    "cannot set non-empty completedIndexes when non-indexed completion mode");
        }
        if (hasFailed && !isLimited) {
            checks.invalid(
                    "status.failedIndexes",
                    failed,
                    "cannot set non-null failedIndexes when backoffLimitPerIndex is null");
        }
        done.overlap(lost)
                .ifPresent(index -> checks.invalid(
                        "status.failedIndexes",
                        failed,
                        "failedIndexes and completedIndexes overlap at index: " + index));
    }

    private void fault(String field, String text, Indexes indexes) {
        if (!indexes.fault().isEmpty()) {
            checks.invalid("status." + field, text, "error parsing " + field + ": " + indexes.fault());
        }
    }

    private void reasons() {
        boolean isMet = hasCondition(job, "SuccessCriteriaMet");
        if (isMet && isFailed) {
            checks.invalidUnshown(CONDITIONS, "cannot set SuccessCriteriaMet=True and Failed=true conditions");
        }
        if (isMet && hasCondition(job, "FailureTarget")) {
            checks.invalidUnshown(CONDITIONS, "cannot set SuccessCriteriaMet=True and FailureTarget=true conditions");
        }
        if (Trees.has(job, "spec", "successPolicy") && !isMet && isComplete) {
            checks.invalidUnshown(
                    CONDITIONS, "cannot set Complete=True for Job with SuccessPolicy unless SuccessCriteriaMet=True");
        }
    }

    private void changes() {
        for (String type : List.of("Failed", "Complete", "FailureTarget", "SuccessCriteriaMet")) {
            if (hasCondition(old, type) && !hasCondition(job, type)) {
                String terminal = type.equals("SuccessCriteriaMet") ? "" : "terminal ";
                checks.invalidUnshown(CONDITIONS, "cannot disable the " + terminal + type + "=True condition");
            }
        }
        for (String field : List.of("failed", "succeeded")) {
            long now = Trees.number(status, 0, field);
            if (now < Trees.number(old, 0, "status", field)) {
                checks.invalid("status." + field, now, "cannot decrease the " + field + " counter");
            }
        }
        boolean wasTimed = Trees.has(old, "status", "completionTime");
        if (wasTimed && Trees.has(status, "completionTime") && !Trees.same(job, old, "status", "completionTime")) {
            checks.invalid("status.completionTime", status.path("completionTime"), Checks.IMMUTABLE);
        }
        boolean isRunning = !Trees.flag(job, "spec", "suspend");
        if (isRunning && Trees.has(old, "status", "startTime") && !Trees.same(job, old, "status", "startTime")) {
            checks.required("status.startTime", "startTime cannot be removed for unsuspended job");
        }
        if (hasCondition(old, "Complete")
                && !hasCondition(old, "SuccessCriteriaMet")
                && hasCondition(job, "SuccessCriteriaMet")) {
            checks.invalidUnshown(
                    CONDITIONS, "cannot set SuccessCriteriaMet=True for Job already has Complete=true conditions");
        }
    }
}
