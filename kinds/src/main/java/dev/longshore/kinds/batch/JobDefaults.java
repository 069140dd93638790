package dev.longshore.kinds.batch;

import dev.longshore.kinds.kit.Defaults;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.kinds.pods.PodDefaults;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/// What jobs are given when clients say nothing, and by what each knows its own pods.
final class JobDefaults {

    static final String UID = "batch.kubernetes.io/controller-uid";
    static final String NAME = "batch.kubernetes.io/job-name";
    static final String OLD_UID = "controller-uid";
    static final String OLD_NAME = "job-name";
    private static final int BACKOFF_LIMIT = 6;

    private JobDefaults() {}

    static void apply(ObjectNode job) {
        ObjectNode spec = Defaults.object(job, "spec");
        if (!Trees.has(spec, "completions") && !Trees.has(spec, "parallelism")) {
            spec.put("completions", 1).put("parallelism", 1);
        }
        Defaults.put(spec, "parallelism", 1);
        Defaults.put(spec, "backoffLimit", Trees.has(spec, "backoffLimitPerIndex") ? Integer.MAX_VALUE : BACKOFF_LIMIT);
        labels(job, spec);
        Defaults.put(spec, "completionMode", "NonIndexed");
        Defaults.put(spec, "suspend", false);
        Defaults.put(spec, "manualSelector", false);
        Trees.object(spec, "podFailurePolicy").ifPresent(JobDefaults::failures);
        Defaults.put(
                spec, "podReplacementPolicy", Trees.has(spec, "podFailurePolicy") ? "Failed" : "TerminatingOrFailed");
        PodDefaults.template(spec);
    }

    private static void labels(ObjectNode job, ObjectNode spec) {
        if (Trees.at(spec, "template", "metadata", "labels") instanceof ObjectNode labels
                && !labels.isEmpty()
                && Trees.at(job, "metadata", "labels").isEmpty()) {
            Defaults.object(job, "metadata").set("labels", labels.deepCopy());
        }
    }

    private static void failures(ObjectNode policy) {
        for (ObjectNode rule : Trees.list(policy, "rules")) {
            Trees.list(rule, "onPodConditions").forEach(pattern -> Defaults.put(pattern, "status", "True"));
        }
    }

    /// Marks the pods with the job's uid and name, and selects them by the uid; what a client set stays, and is
    /// refused if it differs.
    static void select(ObjectNode job, String uid, String name) {
        ObjectNode spec = Defaults.object(job, "spec");
        if (Trees.flag(spec, "manualSelector")) {
            return;
        }
        ObjectNode labels = Defaults.object(Defaults.object(Defaults.object(spec, "template"), "metadata"), "labels");
        mark(labels, List.of(OLD_NAME, NAME), name);
        mark(labels, List.of(OLD_UID, UID), uid);
        ObjectNode selector = Defaults.object(Defaults.object(spec, "selector"), "matchLabels");
        if (!selector.has(UID)) {
            selector.put(UID, uid);
        }
        // A job without labels of its own has those of its pods, as soon as it is read again.
        labels(job, spec);
    }

    private static void mark(ObjectNode labels, List<String> keys, String value) {
        if (!labels.has(keys.getFirst())) {
            keys.forEach(key -> labels.put(key, value));
        }
    }
}
