package dev.longshore.kinds.apps;

import dev.longshore.kinds.kit.Checks;
import dev.longshore.kinds.kit.Columns;
import dev.longshore.kinds.kit.Defaults;
import dev.longshore.kinds.kit.KindBuilder;
import dev.longshore.kinds.kit.KindsContext;
import dev.longshore.kinds.pods.GatedFields;
import dev.longshore.kinds.pods.PodDefaults;
import dev.longshore.kinds.pods.PodWarnings;
import dev.longshore.kinds.pods.WorkloadChecks;
import dev.longshore.kinds.pods.Workloads;
import dev.longshore.model.ResourceDefinition;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/// So many pods of one template.
final class ReplicaSetKind {

    private ReplicaSetKind() {}

    static ResourceDefinition definition(KindsContext context) {
        return KindBuilder.kind(context, "apps/v1", "ReplicaSet", "replicasets")
                .shortNames("rs")
                .categories("all")
                .status()
                .scale("spec.replicas", "status.replicas", "spec.selector")
                .table(Workloads.wide(Columns.named()
                                .number("Desired", "How many are wanted.", object -> Workloads.spec(object, "replicas"))
                                .number(
                                        "Current",
                                        "How many there are.",
                                        object -> Workloads.status(object, "replicas"))
                                .number(
                                        "Ready",
                                        "How many of them are ready.",
                                        object -> Workloads.status(object, "readyReplicas"))
                                .age())
                        .table())
                .defaults(object -> {
                    ObjectNode spec = Defaults.object(object, "spec");
                    Defaults.put(spec, "replicas", 1);
                    PodDefaults.template(spec);
                })
                .initialStatus(set -> Defaults.object(set, "status").put("replicas", 0))
                .prepares(GatedFields.ofTemplate(context.gates(), "spec", "template"))
                .checks((checks, set) -> {
                    WorkloadChecks.counts(checks, set, "spec", "replicas", "minReadySeconds");
                    WorkloadChecks.replicas(checks, set);
                })
                .changeChecks((checks, object, old) -> WorkloadChecks.sameSelector(checks, object, old))
                .statusChecks((checks, set, old) -> status(checks, set))
                .warnings(object -> PodWarnings.ofOwner(object.tree(), "spec.template", object.at("spec", "template")))
                .build();
    }

    private static void status(Checks checks, ObjectNode set) {
        WorkloadChecks.counts(
                checks,
                set,
                "status",
                "replicas",
                "fullyLabeledReplicas",
                "readyReplicas",
                "availableReplicas",
                "terminatingReplicas",
                "observedGeneration");
        WorkloadChecks.partsOfAll(
                checks, set, List.of("fullyLabeledReplicas", "readyReplicas", "availableReplicas"), "readyReplicas");
    }
}
