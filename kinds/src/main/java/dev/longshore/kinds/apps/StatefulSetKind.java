package dev.longshore.kinds.apps;

import dev.longshore.kinds.kit.Checks;
import dev.longshore.kinds.kit.Columns;
import dev.longshore.kinds.kit.Defaults;
import dev.longshore.kinds.kit.KindBuilder;
import dev.longshore.kinds.kit.KindsContext;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.kinds.pods.PodDefaults;
import dev.longshore.kinds.pods.Workloads;
import dev.longshore.model.ResourceDefinition;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/// Pods that are numbered, each with a name and storage that stay its own.
final class StatefulSetKind {

    private static final int HISTORY = 10;
    private static final List<String> MUTABLE = List.of(
            "replicas",
            "ordinals",
            "template",
            "updateStrategy",
            "revisionHistoryLimit",
            "persistentVolumeClaimRetentionPolicy",
            "minReadySeconds");

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
                .defaults(object -> Trees.object(object, "spec").ifPresent(StatefulSetKind::defaults))
                .checks(StatefulSetKind::check)
                .changeChecks(StatefulSetKind::checkChange)
                .build();
    }

    private static void defaults(ObjectNode spec) {
        Defaults.put(spec, "podManagementPolicy", "OrderedReady");
        ObjectNode strategy = Defaults.object(spec, "updateStrategy");
        Defaults.put(strategy, "type", "RollingUpdate");
        if (Trees.text(strategy, "type").equals("RollingUpdate")) {
            Defaults.put(Defaults.object(strategy, "rollingUpdate"), "partition", 0);
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

    private static void check(Checks checks, ObjectNode set) {
        // Volumes of the template may come from the claims.
        ObjectNode whole = set.deepCopy();
        Trees.object(whole, "spec", "template", "spec").ifPresent(spec -> {
            for (ObjectNode claim : Trees.list(set, "spec", "volumeClaimTemplates")) {
                String name = Trees.text(claim, "metadata", "name");
                boolean isThere = Trees.list(spec, "volumes").stream()
                        .anyMatch(volume -> Trees.text(volume, "name").equals(name));
                if (!isThere) {
                    spec.withArray("volumes").addObject().put("name", name).putObject("emptyDir");
                }
            }
        });
        Workloads.check(checks, whole);
        checks.requiredOneOf(
                "spec.podManagementPolicy", Trees.text(set, "spec", "podManagementPolicy"), "OrderedReady", "Parallel");
        checks.requiredOneOf(
                "spec.updateStrategy.type",
                Trees.text(set, "spec", "updateStrategy", "type"),
                "OnDelete",
                "RollingUpdate");
        checks.nonNegative(
                "spec.updateStrategy.rollingUpdate.partition",
                Trees.at(set, "spec", "updateStrategy", "rollingUpdate", "partition"));
    }

    private static void checkChange(Checks checks, ObjectNode set, ObjectNode old) {
        ObjectNode now = Defaults.object(set.deepCopy(), "spec");
        ObjectNode before = Defaults.object(old.deepCopy(), "spec");
        now.remove(MUTABLE);
        before.remove(MUTABLE);
        if (!now.equals(before)) {
            checks.forbidden(
                    "spec",
                    "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template',"
                            + " 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and"
                            + " 'minReadySeconds' are forbidden");
        }
    }
}
