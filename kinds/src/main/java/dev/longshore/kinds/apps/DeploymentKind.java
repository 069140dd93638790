package dev.longshore.kinds.apps;

import dev.longshore.kinds.kit.Checks;
import dev.longshore.kinds.kit.Columns;
import dev.longshore.kinds.kit.Defaults;
import dev.longshore.kinds.kit.InnerTypes;
import dev.longshore.kinds.kit.KindBuilder;
import dev.longshore.kinds.kit.KindsContext;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.kinds.pods.GatedFields;
import dev.longshore.kinds.pods.PodDefaults;
import dev.longshore.kinds.pods.PodWarnings;
import dev.longshore.kinds.pods.WorkloadChecks;
import dev.longshore.kinds.pods.Workloads;
import dev.longshore.model.Cause;
import dev.longshore.model.ResourceDefinition;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// So many pods of one template, and a gentle way from one template to the next.
final class DeploymentKind {

    private static final int HISTORY = 10;
    private static final int DEADLINE_SECONDS = 600;

    private DeploymentKind() {}

    static ResourceDefinition definition(KindsContext context) {
        return KindBuilder.kind(context, "apps/v1", "Deployment", "deployments")
                .shortNames("deploy")
                .categories("all")
                .status()
                .statusNeverOwns("spec", "metadata.labels")
                .scale("spec.replicas", "status.replicas", "spec.selector")
                .table(Workloads.wide(Columns.named()
                                .text(
                                        "Ready",
                                        "How many of its pods are ready.",
                                        object -> Workloads.status(object, "readyReplicas") + "/"
                                                + Workloads.spec(object, "replicas"))
                                .text(
                                        "Up-to-date",
                                        "How many have the latest template.",
                                        object -> Workloads.status(object, "updatedReplicas"))
                                .text(
                                        "Available",
                                        "How many have been ready for long enough.",
                                        object -> Workloads.status(object, "availableReplicas"))
                                .age())
                        .table())
                .defaults(object -> defaults(Defaults.object(object, "spec")))
                .prepares(GatedFields.ofTemplate(context.gates(), "spec", "template"))
                .checks(DeploymentKind::check)
                .changeChecks((checks, object, old) -> WorkloadChecks.sameSelector(checks, object, old))
                .statusChecks(DeploymentKind::status)
                .warnings(object -> PodWarnings.ofOwner(object.tree(), "spec.template", object.at("spec", "template")))
                .build();
    }

    private static void defaults(ObjectNode spec) {
        Defaults.put(spec, "replicas", 1);
        ObjectNode strategy = Defaults.object(spec, "strategy");
        Defaults.put(strategy, "type", "RollingUpdate");
        if (Trees.text(strategy, "type").equals("RollingUpdate")) {
            ObjectNode rolling = Defaults.object(strategy, "rollingUpdate");
            Defaults.put(rolling, "maxUnavailable", "25%");
            Defaults.put(rolling, "maxSurge", "25%");
        }
        Defaults.put(spec, "revisionHistoryLimit", HISTORY);
        Defaults.put(spec, "progressDeadlineSeconds", DEADLINE_SECONDS);
        PodDefaults.template(spec);
    }

    private static void check(Checks checks, ObjectNode deployment) {
        WorkloadChecks.counts(checks, deployment, "spec", "replicas");
        WorkloadChecks.replicas(checks, deployment);
        JsonNode spec = deployment.path("spec");
        strategy(checks, spec.path("strategy"));
        WorkloadChecks.counts(
                checks, deployment, "spec", "minReadySeconds", "revisionHistoryLimit", "progressDeadlineSeconds");
        JsonNode deadline = spec.path("progressDeadlineSeconds");
        if (deadline.isNumber() && deadline.asLong() <= Trees.number(spec, 0, "minReadySeconds")) {
            checks.invalid("spec.progressDeadlineSeconds", deadline.asLong(), "must be greater than minReadySeconds");
        }
    }

    private static void strategy(Checks checks, JsonNode strategy) {
        JsonNode rolling = strategy.path("rollingUpdate");
        String path = "spec.strategy.rollingUpdate";
        switch (Trees.text(strategy, "type")) {
            case "Recreate" -> {
                if (rolling.isObject()) {
                    checks.forbidden(path, "may not be specified when strategy `type` is 'Recreate'");
                }
            }
            case "RollingUpdate" -> {
                JsonNode unavailable = rolling.path("maxUnavailable");
                JsonNode surge = rolling.path("maxSurge");
                Workloads.countOrPercent(checks, path + ".maxUnavailable", unavailable);
                Workloads.countOrPercent(checks, path + ".maxSurge", surge);
                if (Workloads.isZero(unavailable) && Workloads.isZero(surge)) {
                    checks.invalid(path + ".maxUnavailable", unavailable, "may not be 0 when `maxSurge` is 0");
                }
                Workloads.notMoreThanAll(checks, path + ".maxUnavailable", unavailable);
            }
            default ->
                checks.add(Cause.unsupported(
                        "spec.strategy",
                        InnerTypes.of("DeploymentStrategy", strategy).toString(),
                        List.of("Recreate", "RollingUpdate")));
        }
    }

    private static void status(Checks checks, ObjectNode deployment, ObjectNode old) {
        WorkloadChecks.counts(
                checks,
                deployment,
                "status",
                "observedGeneration",
                "replicas",
                "updatedReplicas",
                "readyReplicas",
                "availableReplicas",
                "unavailableReplicas",
                "terminatingReplicas",
                "collisionCount");
        WorkloadChecks.partsOfAll(
                checks, deployment, List.of("updatedReplicas", "readyReplicas", "availableReplicas"), "readyReplicas");
        WorkloadChecks.collisions(checks, deployment, old);
    }
}
