package dev.longshore.kinds.batch;

import dev.longshore.kinds.kit.Ages;
import dev.longshore.kinds.kit.Columns;
import dev.longshore.kinds.kit.KindBuilder;
import dev.longshore.kinds.kit.KindsContext;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.kinds.pods.Workloads;
import dev.longshore.model.Resource;
import dev.longshore.model.ResourceDefinition;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;

/// Pods that run until so many of them have succeeded.
final class JobKind {

    private JobKind() {}

    static ResourceDefinition definition(KindsContext context) {
        return KindBuilder.kind(context, "batch/v1", "Job", "jobs")
                .categories("all")
                .status()
                .field("status.successful", job -> Long.toString(Workloads.status(job, "succeeded")))
                .refusesFields("field label \"%s\" not supported for Job")
                .table(Workloads.wide(Columns.named()
                                .text("Status", "What it is up to.", JobKind::status)
                                .text("Completions", "How many of its pods have succeeded.", JobKind::completions)
                                .timed("Duration", "How long it took, or takes.", JobKind::duration)
                                .age())
                        .table())
                .strategy(new JobStrategy(context.gates()))
                .build();
    }

    private static String status(Resource job) {
        if (hasCondition(job, "Complete")) {
            return "Complete";
        }
        if (hasCondition(job, "Failed")) {
            return "Failed";
        }
        if (job.isTerminating()) {
            return "Terminating";
        }
        if (hasCondition(job, "Suspended")) {
            return "Suspended";
        }
        if (hasCondition(job, "FailureTarget")) {
            return "FailureTarget";
        }
        return hasCondition(job, "SuccessCriteriaMet") ? "SuccessCriteriaMet" : "Running";
    }

    private static boolean hasCondition(Resource job, String type) {
        return Trees.list(job.tree(), "status", "conditions").stream()
                .anyMatch(condition -> Trees.text(condition, "type").equals(type)
                        && Trees.text(condition, "status").equals("True"));
    }

    private static String completions(Resource job) {
        long succeeded = Workloads.status(job, "succeeded");
        if (Trees.has(job.tree(), "spec", "completions")) {
            return succeeded + "/" + Workloads.spec(job, "completions");
        }
        long parallelism = Workloads.spec(job, "parallelism");
        return parallelism > 1 ? succeeded + "/1 of " + parallelism : succeeded + "/1";
    }

    private static String duration(Resource job, Instant now) {
        String start = job.text("status", "startTime");
        String end = job.text("status", "completionTime");
        if (start.isEmpty()) {
            return "";
        }
        try {
            return Ages.shown(Duration.between(Instant.parse(start), end.isEmpty() ? now : Instant.parse(end)));
        } catch (DateTimeParseException notATime) {
            return "<unknown>";
        }
    }
}
