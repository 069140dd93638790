package dev.longshore.kinds.apps;

import dev.longshore.kinds.kit.Columns;
import dev.longshore.kinds.kit.Defaults;
import dev.longshore.kinds.kit.KindBuilder;
import dev.longshore.kinds.kit.KindsContext;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.kinds.pods.PodDefaults;
import dev.longshore.kinds.pods.Workloads;
import dev.longshore.model.ResourceDefinition;

/// So many pods of one template.
final class ReplicaSetKind {

    private ReplicaSetKind() {}

    static ResourceDefinition definition(KindsContext context) {
        return KindBuilder.kind(context, "apps/v1", "ReplicaSet", "replicasets")
                .shortNames("rs")
                .categories("all")
                .status()
                .scale("spec.replicas", "status.replicas", "spec.selector")
                .field("status.replicas", "0")
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
                .defaults(object -> Trees.object(object, "spec").ifPresent(spec -> {
                    Defaults.put(spec, "replicas", 1);
                    PodDefaults.template(spec);
                }))
                .checks(Workloads::check)
                .changeChecks(Workloads::checkChange)
                .build();
    }
}
