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
                .scale("spec.replicas", "status.replicas", "spec.selector")
                .table(Workloads.wide(Columns.named()
                                .text(
                                        "Ready",
                                        "How many of its pods are ready.",
                                        object -> Workloads.status(object, "readyReplicas") + "/"
                                                + Workloads.spec(object, "replicas"))
                                .number(
                                        "Up-to-date",
                                        "How many have the latest template.",
                                        object -> Workloads.status(object, "updatedReplicas"))
                                .number(
                                        "Available",
                                        "How many have been ready for long enough.",
                                        object -> Workloads.status(object, "availableReplicas"))
                                .age())
                        .table())
                .defaults(object -> Trees.object(object, "spec").ifPresent(DeploymentKind::defaults))
                .checks(DeploymentKind::check)
                .changeChecks(Workloads::checkChange)
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
        Workloads.check(checks, deployment);
        JsonNode spec = deployment.path("spec");
        String type = Trees.text(spec, "strategy", "type");
        JsonNode rolling = Trees.at(spec, "strategy", "rollingUpdate");
        checks.requiredOneOf("spec.strategy.type", type, "Recreate", "RollingUpdate");
        if (type.equals("Recreate") && rolling.isObject()) {
            checks.forbidden("spec.strategy.rollingUpdate", "may not be specified when strategy `type` is 'Recreate'");
        } else if (rolling.isObject()) {
            String path = "spec.strategy.rollingUpdate";
            JsonNode unavailable = rolling.path("maxUnavailable");
            Workloads.countOrPercent(checks, path + ".maxUnavailable", unavailable);
            Workloads.countOrPercent(checks, path + ".maxSurge", rolling.path("maxSurge"));
            if (Workloads.isZero(unavailable) && Workloads.isZero(rolling.path("maxSurge"))) {
                checks.invalid(path + ".maxUnavailable", unavailable, "may not be 0 when `maxSurge` is 0");
            }
        }
        JsonNode deadline = spec.path("progressDeadlineSeconds");
        checks.nonNegative("spec.progressDeadlineSeconds", deadline);
        if (deadline.isNumber() && deadline.asLong() <= Trees.number(spec, 0, "minReadySeconds")) {
            checks.invalid("spec.progressDeadlineSeconds", deadline.asLong(), "must be greater than minReadySeconds");
        }
    }
}
