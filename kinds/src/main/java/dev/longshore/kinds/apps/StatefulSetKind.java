package dev.longshore.kinds.apps;

import dev.longshore.kinds.kit.Columns;
import dev.longshore.kinds.kit.Defaults;
import dev.longshore.kinds.kit.FeatureGates;
import dev.longshore.kinds.kit.KindBuilder;
import dev.longshore.kinds.kit.KindsContext;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.kinds.pods.GatedFields;
import dev.longshore.kinds.pods.PodDefaults;
import dev.longshore.kinds.pods.Workloads;
import dev.longshore.model.ResourceDefinition;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Pods that are numbered, each with a name and storage that stay its own.
final class StatefulSetKind {

    private static final int HISTORY = 10;

    private StatefulSetKind() {}

    static ResourceDefinition definition(KindsContext context) {
        return KindBuilder.kind(context, "apps/v1", "StatefulSet", "statefulsets")
                .shortNames("sts")
                .categories("all")
                .status()
                .scale("spec.replicas", "status.replicas", "spec.selector")
                .table(Workloads.images(Columns.named()
                                .text(
                                        "Ready",
                                        "How many of its pods are ready.",
                                        object -> Workloads.status(object, "readyReplicas") + "/"
                                                + Workloads.spec(object, "replicas"))
                                .age())
                        .table())
                .defaults(object -> defaults(Defaults.object(object, "spec")))
                .initialStatus(
                        set -> Defaults.object(set, "status").put("replicas", 0).put("availableReplicas", 0))
                .prepares((set, old) -> prepare(context.gates(), set, old))
                .checks(StatefulSetChecks::check)
                .changeChecks(StatefulSetChecks::change)
                .statusChecks(StatefulSetChecks::status)
                .warnings(StatefulSetChecks::warnings)
                .build();
    }

    private static void prepare(FeatureGates gates, ObjectNode set, JsonNode old) {
        GatedFields.ofTemplate(gates, "spec", "template").accept(set, old);
        // MaxUnavailableStatefulSet is closed in 1.36.
        if (!Trees.has(old, "spec", "updateStrategy", "rollingUpdate", "maxUnavailable")) {
            Trees.object(set, "spec", "updateStrategy", "rollingUpdate")
                    .ifPresent(rolling -> rolling.remove("maxUnavailable"));
        }
    }

    private static void defaults(ObjectNode spec) {
        Defaults.put(spec, "podManagementPolicy", "OrderedReady");
        ObjectNode strategy = Defaults.object(spec, "updateStrategy");
        if (Trees.text(strategy, "type").isEmpty()) {
            strategy.put("type", "RollingUpdate");
            Defaults.object(strategy, "rollingUpdate");
        }
        if (Trees.text(strategy, "type").equals("RollingUpdate")) {
            Trees.object(strategy, "rollingUpdate").ifPresent(rolling -> {
                Defaults.put(rolling, "partition", 0);
            });
        }
        ObjectNode retention = Defaults.object(spec, "persistentVolumeClaimRetentionPolicy");
        Defaults.put(retention, "whenDeleted", "Retain");
        Defaults.put(retention, "whenScaled", "Retain");
        Defaults.put(spec, "replicas", 1);
        Defaults.put(spec, "revisionHistoryLimit", HISTORY);
        for (ObjectNode claim : Trees.list(spec, "volumeClaimTemplates")) {
            Defaults.put(claim, "apiVersion", "v1");
            Defaults.put(claim, "kind", "PersistentVolumeClaim");
            Defaults.put(Defaults.object(claim, "spec"), "volumeMode", "Filesystem");
            Defaults.put(Defaults.object(claim, "status"), "phase", "Pending");
        }
        PodDefaults.template(spec);
    }
}
