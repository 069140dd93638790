package dev.longshore.kinds.batch;

import dev.longshore.base.Json;
import dev.longshore.kinds.kit.Checks;
import dev.longshore.kinds.kit.InnerTypes;
import dev.longshore.kinds.kit.Selectors;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.kinds.pods.PodChecks;
import dev.longshore.model.Cause;
import dev.longshore.model.NameRule;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What jobs must be like.
final class JobChecks {

    private static final int MAX_INDEXES = 100_000;
    private static final int MANY_COMPLETIONS = 100_000;
    private static final int FEW_FOR_MANY = 10_000;
    private static final int MAX_MANAGER = 63;
    private static final List<String> COUNTS = List.of(
            "parallelism",
            "completions",
            "activeDeadlineSeconds",
            "backoffLimit",
            "ttlSecondsAfterFinished",
            "backoffLimitPerIndex",
            "maxFailedIndexes");

    private JobChecks() {}

    /// Checks a whole job.
    static void job(Checks checks, ObjectNode job) {
        generated(checks, job);
        JsonNode spec = job.path("spec");
        spec(checks, "spec", spec);
        JsonNode selector = spec.path("selector");
        int found = checks.count();
        Selectors.checkOrKept(checks, "spec.selector", selector);
        boolean isReadable = checks.count() == found;
        if (!selector.isObject()) {
            checks.required("spec.selector");
        }
        if (!selector.isObject() || isReadable && !Selectors.matches(selector, labels(spec))) {
            JsonNode shown = Trees.at(spec, "template", "metadata", "labels");
            checks.invalid(
                    "spec.template.metadata.labels",
                    InnerTypes.map(shown),
                    "`selector` does not match template `labels`");
        }
        hostName(checks, job, spec);
    }

    private static Map<String, String> labels(JsonNode spec) {
        return Trees.texts(spec, "template", "metadata", "labels");
    }

    /// A selector that the server makes must pick what the server marks.
    private static void generated(Checks checks, ObjectNode job) {
        JsonNode spec = job.path("spec");
        if (Trees.flag(spec, "manualSelector") || !spec.path("selector").isObject()) {
            return;
        }
        String uid = Trees.text(job, "metadata", "uid");
        String name = Trees.text(job, "metadata", "name");
        checks.requiredText("metadata.uid", uid);
        var expected = Map.of(
                JobDefaults.OLD_UID, uid, JobDefaults.OLD_NAME, name, JobDefaults.UID, uid, JobDefaults.NAME, name);
        for (String key : List.of(JobDefaults.OLD_UID, JobDefaults.OLD_NAME, JobDefaults.UID, JobDefaults.NAME)) {
            String at = "spec.template.metadata.labels[" + key + "]";
            String detail = "must be '" + expected.get(key) + "'";
            String label = labels(spec).get(key);
            if (label == null) {
                checks.required(at, detail);
            } else if (!label.equals(expected.get(key))) {
                checks.invalid(at, InnerTypes.map(Trees.at(spec, "template", "metadata", "labels")), detail);
            }
        }
        if (!Selectors.matches(spec.path("selector"), expected)) {
            checks.invalid(
                    "spec.selector", InnerTypes.selector(spec.path("selector")), "`selector` not auto-generated");
        }
    }

    /// The last index is part of a pod's host name, which must remain one.
    private static void hostName(Checks checks, ObjectNode job, JsonNode spec) {
        long completions = Trees.number(spec, 0, "completions");
        if (!isIndexed(spec) || completions <= 0) {
            return;
        }
        String name = Trees.text(job, "metadata", "name");
        String longest = name + "-" + (completions - 1);
        if (!NameRule.DNS_LABEL.check(longest).isEmpty()) {
            checks.invalid("metadata.name", name, "will not able to create pod with invalid DNS label: " + longest);
        }
    }

    static boolean isIndexed(JsonNode spec) {
        return Trees.text(spec, "completionMode").equals("Indexed");
    }

    /// Checks all of a job's spec but its selector.
    static void spec(Checks checks, String path, JsonNode spec) {
        for (String field : COUNTS) {
            checks.nonNegative(path + "." + field, spec.path(field));
        }
        if (Trees.has(spec, "maxFailedIndexes") && !Trees.has(spec, "backoffLimitPerIndex")) {
            checks.required(path + ".backoffLimitPerIndex", "when maxFailedIndexes is specified");
        }
        if (Trees.has(spec, "managedBy")) {
            String manager = Trees.text(spec, "managedBy");
            checks.domainPrefixedPath(path + ".managedBy", manager);
            checks.tooLong(path + ".managedBy", manager, MAX_MANAGER);
        }
        checks.anyOf(path + ".completionMode", Trees.text(spec, "completionMode"), "NonIndexed", "Indexed");
        if (isIndexed(spec)) {
            indexed(checks, path, spec);
        } else {
            unindexed(checks, path, spec);
        }
        var policies = new JobPolicyChecks(checks, path, spec);
        policies.failure();
        policies.success();
        replacement(checks, path + ".podReplacementPolicy", spec);
        PodChecks.template(checks, path + ".template", spec.path("template"));
        restarts(checks, path + ".template.spec.restartPolicy", spec);
    }

    private static void unindexed(Checks checks, String path, JsonNode spec) {
        for (String field : List.of("backoffLimitPerIndex", "maxFailedIndexes")) {
            if (Trees.has(spec, field)) {
                checks.invalid(path + "." + field, spec.path(field), "requires indexed completion mode");
            }
        }
    }

    private static void indexed(Checks checks, String path, JsonNode spec) {
        boolean hasCompletions = Trees.has(spec, "completions");
        long completions = Trees.number(spec, 0, "completions");
        long failed = Trees.number(spec, 0, "maxFailedIndexes");
        if (!hasCompletions) {
            checks.required(path + ".completions", "when completion mode is Indexed");
        }
        most(
                checks,
                path,
                "parallelism",
                spec,
                MAX_INDEXES,
                "must be less than or equal to 100000 when completion mode is Indexed");
        if (hasCompletions && failed > completions) {
            checks.invalid(path + ".maxFailedIndexes", failed, "must be less than or equal to completions");
        }
        most(checks, path, "maxFailedIndexes", spec, MAX_INDEXES, "must be less than or equal to 100000");
        if (completions > MANY_COMPLETIONS && Trees.has(spec, "backoffLimitPerIndex")) {
            if (!Trees.has(spec, "maxFailedIndexes")) {
                checks.required(path + ".maxFailedIndexes", "must be specified when completions is above 100000");
            }
            String detail =
                    "must be less than or equal to 10000 when completions are above 100000 and used with backoff"
                            + " limit per index";
            most(checks, path, "parallelism", spec, FEW_FOR_MANY, detail);
            most(checks, path, "maxFailedIndexes", spec, FEW_FOR_MANY, detail);
        }
    }

    private static void most(Checks checks, String path, String field, JsonNode spec, long most, String detail) {
        long value = Trees.number(spec, 0, field);
        if (value > most) {
            checks.invalid(path + "." + field, value, detail);
        }
    }

    private static void replacement(Checks checks, String at, JsonNode spec) {
        String policy = Trees.text(spec, "podReplacementPolicy");
        if (Trees.has(spec, "podFailurePolicy")) {
            checks.anyOf(at, policy, "Failed");
        } else {
            checks.anyOf(at, policy, "Failed", "TerminatingOrFailed");
        }
    }

    private static void restarts(Checks checks, String at, JsonNode spec) {
        String restart = Trees.text(spec, "template", "spec", "restartPolicy");
        switch (restart) {
            case "", "Always" -> checks.required(at, "valid values: \"OnFailure\", \"Never\"");
            case "Never" -> {
                // Fits everything.
            }
            case "OnFailure" -> {
                if (Trees.has(spec, "podFailurePolicy")) {
                    checks.invalid(at, restart, "only \"Never\" is supported when podFailurePolicy is specified");
                }
            }
            default -> checks.unsupported(at, restart, "OnFailure", "Never");
        }
    }

    /// Checks a template of jobs, as cron jobs have.
    static void template(Checks checks, String path, JsonNode template) {
        JsonNode spec = template.path("spec").isObject() ? template.path("spec") : Json.object();
        spec(checks, path + ".spec", spec);
        if (Trees.has(spec, "selector")) {
            checks.invalid(path + ".spec.selector", spec.path("selector"), "`selector` will be auto-generated");
        }
        if (Trees.flag(spec, "manualSelector")) {
            checks.add(Cause.unsupported(path + ".spec.manualSelector", "true", List.of("nil", "false")));
        }
    }
}
