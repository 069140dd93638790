package dev.longshore.kinds.core;

import dev.longshore.base.Json;
import dev.longshore.kinds.kit.Checks;
import dev.longshore.kinds.kit.Columns;
import dev.longshore.kinds.kit.Defaults;
import dev.longshore.kinds.kit.KindBuilder;
import dev.longshore.kinds.kit.KindsContext;
import dev.longshore.kinds.kit.Selectors;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.kinds.pods.PodChecks;
import dev.longshore.kinds.pods.PodDefaults;
import dev.longshore.kinds.pods.PodTable;
import dev.longshore.model.ResourceDefinition;
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
                .defaults(rc -> Trees.object(rc, "spec").ifPresent(spec -> defaults(rc, spec)))
                .checks(ReplicationControllerKind::check)
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
        PodDefaults.template(spec);
    }

    private static void check(Checks checks, ObjectNode rc) {
        checks.nonNegative("spec.replicas", Trees.at(rc, "spec", "replicas"));
        if (Trees.at(rc, "spec", "selector").isEmpty()) {
            checks.required("spec.selector");
        }
        if (!Trees.has(rc, "spec", "template")) {
            checks.required("spec.template");
            return;
        }
        ObjectNode selector = Json.object();
        selector.set("matchLabels", Trees.at(rc, "spec", "selector").deepCopy());
        PodChecks.template(checks, "spec.template", Trees.at(rc, "spec", "template"), selector);
        checks.oneOf(
                "spec.template.spec.restartPolicy",
                Trees.text(rc, "spec", "template", "spec", "restartPolicy"),
                "Always");
    }
}
