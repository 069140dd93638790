package dev.longshore.kinds.batch;

import dev.longshore.kinds.kit.Checks;
import dev.longshore.kinds.kit.Defaults;
import dev.longshore.kinds.kit.Selectors;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.kinds.pods.PodChecks;
import dev.longshore.kinds.pods.PodDefaults;
import dev.longshore.model.Call;
import dev.longshore.model.Cause;
import dev.longshore.model.Resource;
import dev.longshore.model.Strategy;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Writing jobs: each marks its pods with its own uid, and says so in its selector.
final class JobStrategy implements Strategy {

    private static final String UID = "batch.kubernetes.io/controller-uid";
    private static final String NAME = "batch.kubernetes.io/job-name";
    private static final int BACKOFF_LIMIT = 6;
    private static final List<String> IMMUTABLE =
            List.of("completionMode", "podFailurePolicy", "backoffLimitPerIndex", "managedBy", "successPolicy");

    @Override
    public void applyDefaults(Resource object) {
        Trees.object(object.tree(), "spec").ifPresent(spec -> {
            if (!Trees.has(spec, "completions") && !Trees.has(spec, "parallelism")) {
                spec.put("completions", 1).put("parallelism", 1);
            }
            defaults(spec);
        });
    }

    /// What does not depend on completions and parallelism being unset both.
    private static void defaults(ObjectNode spec) {
        Defaults.put(spec, "parallelism", 1);
        Defaults.put(spec, "backoffLimit", Trees.has(spec, "backoffLimitPerIndex") ? Integer.MAX_VALUE : BACKOFF_LIMIT);
        Defaults.put(spec, "completionMode", "NonIndexed");
        Defaults.put(spec, "suspend", false);
        Defaults.put(
                spec, "podReplacementPolicy", Trees.has(spec, "podFailurePolicy") ? "Failed" : "TerminatingOrFailed");
        PodDefaults.template(spec);
    }

    @Override
    public void prepareForCreate(Call call, Resource object) {
        object.tree().putObject("status");
        ObjectNode spec = object.object("spec");
        if (Trees.flag(spec, "manualSelector")) {
            return;
        }
        ObjectNode labels = Defaults.object(Defaults.object(Defaults.object(spec, "template"), "metadata"), "labels");
        for (String key : List.of(NAME, "job-name")) {
            labels.put(key, object.name());
        }
        for (String key : List.of(UID, "controller-uid")) {
            labels.put(key, object.uid());
        }
        ObjectNode selector = Defaults.object(spec, "selector");
        Defaults.object(selector, "matchLabels").put(UID, object.uid());
    }

    @Override
    public List<Cause> validate(Call call, Resource object) {
        var checks = new Checks();
        ObjectNode job = object.tree();
        if (!Trees.has(job, "spec", "selector")) {
            checks.required("spec.selector");
        } else {
            Selectors.check(checks, "spec.selector", Trees.at(job, "spec", "selector"));
        }
        check(checks, "spec", job.path("spec"));
        return checks.causes();
    }

    /// Checks all of a job's spec but its selector.
    static void check(Checks checks, String path, JsonNode spec) {
        for (String field : List.of(
                "parallelism",
                "completions",
                "activeDeadlineSeconds",
                "backoffLimit",
                "ttlSecondsAfterFinished",
                "backoffLimitPerIndex",
                "maxFailedIndexes")) {
            checks.nonNegative(path + "." + field, spec.path(field));
        }
        checks.oneOf(path + ".completionMode", Trees.text(spec, "completionMode"), "Indexed", "NonIndexed");
        if (Trees.text(spec, "completionMode").equals("Indexed") && !Trees.has(spec, "completions")) {
            checks.required(path + ".completions", "when completion mode is Indexed");
        }
        PodChecks.template(checks, path + ".template", spec.path("template"), spec.path("selector"));
        String restart = Trees.text(spec, "template", "spec", "restartPolicy");
        if (restart.equals("Always")) {
            checks.required(path + ".template.spec.restartPolicy", "valid values: \"OnFailure\", \"Never\"");
        }
    }

    @Override
    public List<Cause> validateUpdate(Call call, Resource object, Resource old) {
        var checks = new Checks();
        validate(call, object).forEach(checks::add);
        ObjectNode now = object.tree();
        ObjectNode before = old.tree();
        checks.unchanged("spec.selector", now, before, "spec", "selector");
        boolean isElastic = Trees.text(before, "spec", "completionMode").equals("Indexed")
                && Trees.number(now, -1, "spec", "completions") == Trees.number(now, -2, "spec", "parallelism");
        if (!isElastic) {
            checks.unchanged("spec.completions", now, before, "spec", "completions");
        }
        for (String field : IMMUTABLE) {
            checks.unchanged("spec." + field, now, before, "spec", field);
        }
        boolean isWaiting = Trees.flag(before, "spec", "suspend") && !Trees.has(before, "status", "startTime");
        if (!isWaiting) {
            checks.unchanged("spec.template", now, before, "spec", "template");
        }
        return checks.causes();
    }

    @Override
    public Propagation defaultPropagation() {
        return Propagation.ORPHAN;
    }

    @Override
    public List<String> deletionWarnings(boolean saysPropagation) {
        return saysPropagation
                ? List.of()
                : List.of("child pods are preserved by default when jobs are deleted; set"
                        + " propagationPolicy=Background to remove them or set propagationPolicy=Orphan to suppress"
                        + " this warning");
    }
}
