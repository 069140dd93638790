package dev.longshore.kinds.batch;

import dev.longshore.base.Json;
import dev.longshore.kinds.kit.Checks;
import dev.longshore.kinds.kit.InnerTypes;
import dev.longshore.kinds.kit.Trees;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What of a job may change. While it is suspended and none of its pods runs, its template may be told anew where
/// pods go and what they take.
record JobChanges(Checks checks, ObjectNode job, ObjectNode old) {

    private static final List<String> FIXED =
            List.of("completionMode", "podFailurePolicy", "backoffLimitPerIndex", "managedBy", "successPolicy");
    private static final List<String> DIRECTIVES = List.of("nodeSelector", "tolerations", "schedulingGates");

    void check() {
        completions();
        if (!Trees.same(job, old, "spec", "selector")) {
            checks.invalid("spec.selector", InnerTypes.selector(Trees.at(job, "spec", "selector")), Checks.IMMUTABLE);
        }
        template();
        for (String field : FIXED) {
            if (!Trees.same(job, old, "spec", field)) {
                checks.invalid("spec." + field, shown(field), Checks.IMMUTABLE);
            }
        }
    }

    private JsonNode shown(String field) {
        JsonNode value = Trees.at(job, "spec", field);
        return switch (field) {
            case "podFailurePolicy" -> InnerTypes.of("PodFailurePolicy", value);
            case "successPolicy" -> InnerTypes.of("SuccessPolicy", value);
            default -> value;
        };
    }

    private void completions() {
        if (!JobChecks.isIndexed(job.path("spec"))) {
            checks.unchanged("spec.completions", job, old, "spec", "completions");
            return;
        }
        JsonNode now = Trees.at(job, "spec", "completions");
        boolean isChanged = !Trees.same(job, old, "spec", "completions");
        if (isChanged && now.isNumber() && now.asLong() != Trees.number(job, 0, "spec", "parallelism")) {
            checks.invalid("spec.completions", now.asLong(), "can only be modified in tandem with spec.parallelism");
        }
    }

    private void template() {
        ObjectNode now = template(job);
        ObjectNode before = template(old);
        boolean isSuspended = Trees.flag(old, "spec", "suspend");
        if (isSuspended && isAtRest()) {
            directives(now, before);
            resources(now, before);
        }
        if (!Trees.pruned(now).equals(Trees.pruned(before))) {
            checks.invalid(
                    "spec.template",
                    InnerTypes.of("PodTemplateSpec", Trees.at(job, "spec", "template")),
                    Checks.IMMUTABLE);
        }
    }

    /// True if no pod of the job's runs: it never started, or it was suspended and all have gone.
    private boolean isAtRest() {
        boolean isStarted = Trees.has(old, "status", "startTime");
        boolean isHalted = JobStatusChecks.hasCondition(old, "Suspended");
        return !isStarted || isHalted && Trees.number(old, 0, "status", "active") == 0;
    }

    private static ObjectNode template(ObjectNode job) {
        return Trees.at(job, "spec", "template") instanceof ObjectNode template ? template.deepCopy() : Json.object();
    }

    /// Takes out of both what may differ: where the pods may run, and what is said about them.
    private static void directives(ObjectNode now, ObjectNode before) {
        for (ObjectNode template : List.of(now, before)) {
            Trees.object(template, "metadata").ifPresent(metadata -> metadata.remove(List.of("labels", "annotations")));
            Trees.object(template, "spec").ifPresent(spec -> {
                spec.remove(DIRECTIVES);
                Trees.object(spec, "affinity").ifPresent(affinity -> affinity.remove("nodeAffinity"));
            });
        }
    }

    private static void resources(ObjectNode now, ObjectNode before) {
        for (String list : List.of("containers", "initContainers")) {
            List<ObjectNode> containers = Trees.list(now, "spec", list);
            List<ObjectNode> olds = Trees.list(before, "spec", list);
            for (int i = 0; i < containers.size() && i < olds.size(); i++) {
                if (Trees.text(containers.get(i), "name").equals(Trees.text(olds.get(i), "name"))) {
                    containers.get(i).remove("resources");
                    olds.get(i).remove("resources");
                }
            }
        }
    }
}
