package dev.longshore.kinds.core;

import dev.longshore.base.Json;
import dev.longshore.kinds.kit.Checks;
import dev.longshore.kinds.kit.Columns;
import dev.longshore.kinds.kit.Defaults;
import dev.longshore.kinds.kit.KindBuilder;
import dev.longshore.kinds.kit.KindsContext;
import dev.longshore.kinds.kit.Selectors;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.kinds.pods.GatedFields;
import dev.longshore.kinds.pods.PodChecks;
import dev.longshore.kinds.pods.PodDefaults;
import dev.longshore.kinds.pods.PodTable;
import dev.longshore.kinds.pods.PodWarnings;
import dev.longshore.kinds.pods.WorkloadChecks;
import dev.longshore.model.ResourceDefinition;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// So many pods, in the way that was before ReplicaSets.
final class ReplicationControllerKind {

    private ReplicationControllerKind() {}

    static ResourceDefinition definition(KindsContext context) {
        return KindBuilder.kind(context, "v1", "ReplicationController", "replicationcontrollers")
                .shortNames("rc")
                .categories("all")
                .prefix("controllers")
                .orphansDependents()
                .status()
                .scale("spec.replicas", "status.replicas", "spec.selector")
                .field("status.replicas", "0")
                .table(Columns.named()
                        .number("Desired", "How many are wanted.", rc -> Trees.number(rc.tree(), 0, "spec", "replicas"))
                        .number(
                                "Current",
                                "How many there are.",
                                rc -> Trees.number(rc.tree(), 0, "status", "replicas"))
                        .number(
                                "Ready",
                                "How many of them are ready.",
                                rc -> Trees.number(rc.tree(), 0, "status", "readyReplicas"))
                        .age()
                        .wide("Containers", "Their names.", rc -> PodTable.containers(rc.object("spec")))
                        .wide("Images", "Their images.", rc -> PodTable.images(rc.object("spec")))
                        .wide(
                                "Selector",
                                "Which pods are its own.",
                                rc -> Selectors.shownLabels(rc.texts("spec", "selector")))
                        .table())
                .defaults(rc -> defaults(rc, Defaults.object(rc, "spec")))
                .initialStatus(rc -> Defaults.object(rc, "status").put("replicas", 0))
                .prepares(GatedFields.ofTemplate(context.gates(), "spec", "template"))
                .checks(ReplicationControllerKind::check)
                .statusChecks((checks, rc, old) -> status(checks, rc))
                .warnings(rc -> PodWarnings.ofOwner(rc.tree(), "spec.template", rc.at("spec", "template")))
                .build();
    }

    private static void defaults(ObjectNode rc, ObjectNode spec) {
        Trees.object(spec, "template", "metadata", "labels").ifPresent(labels -> {
            if (spec.path("selector").isEmpty()) {
                spec.set("selector", labels.deepCopy());
            }
            if (Trees.at(rc, "metadata", "labels").isEmpty()) {
                Defaults.object(rc, "metadata").set("labels", labels.deepCopy());
            }
        });
        Defaults.put(spec, "replicas", 1);
        if (Trees.has(spec, "template")) {
            PodDefaults.template(spec);
        }
    }

    private static void check(Checks checks, ObjectNode rc) {
        WorkloadChecks.counts(checks, rc, "spec", "minReadySeconds");
        boolean isEmpty = Trees.at(rc, "spec", "selector").isEmpty();
        if (isEmpty) {
            checks.required("spec.selector");
        }
        WorkloadChecks.counts(checks, rc, "spec", "replicas");
        JsonNode template = Trees.at(rc, "spec", "template");
        if (!template.isObject()) {
            checks.required("spec.template");
            return;
        }
        ObjectNode selector = Json.object();
        if (!isEmpty) {
            selector.set("matchLabels", Trees.at(rc, "spec", "selector"));
        }
        PodChecks.template(checks, "spec.template", template, selector);
        WorkloadChecks.lasting(checks, template, "ReplicationController");
    }

    private static void status(Checks checks, ObjectNode rc) {
        WorkloadChecks.counts(
                checks,
                rc,
                "status",
                "replicas",
                "fullyLabeledReplicas",
                "readyReplicas",
                "availableReplicas",
                "observedGeneration");
        WorkloadChecks.partsOfAll(
                checks, rc, List.of("fullyLabeledReplicas", "readyReplicas", "availableReplicas"), "readyReplicas");
    }
}
