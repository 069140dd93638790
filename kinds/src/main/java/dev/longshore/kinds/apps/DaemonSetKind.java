package dev.longshore.kinds.apps;

import dev.longshore.kinds.kit.Checks;
import dev.longshore.kinds.kit.Columns;
import dev.longshore.kinds.kit.Defaults;
import dev.longshore.kinds.kit.KindBuilder;
import dev.longshore.kinds.kit.KindsContext;
import dev.longshore.kinds.kit.Selectors;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.kinds.pods.PodDefaults;
import dev.longshore.kinds.pods.Workloads;
import dev.longshore.model.ResourceDefinition;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// One pod on every node.
final class DaemonSetKind {

    private static final int HISTORY = 10;

    private DaemonSetKind() {}

    static ResourceDefinition definition(KindsContext context) {
        return KindBuilder.kind(context, "apps/v1", "DaemonSet", "daemonsets")
                .shortNames("ds")
                .categories("all")
                .status()
                .table(Workloads.wide(Columns.named()
                                .number(
                                        "Desired",
                                        "On how many nodes it should run.",
                                        object -> Workloads.status(object, "desiredNumberScheduled"))
                                .number(
                                        "Current",
                                        "On how many it runs.",
                                        object -> Workloads.status(object, "currentNumberScheduled"))
                                .number(
                                        "Ready",
                                        "On how many it is ready.",
                                        object -> Workloads.status(object, "numberReady"))
                                .number(
                                        "Up-to-date",
                                        "On how many it has the latest template.",
                                        object -> Workloads.status(object, "updatedNumberScheduled"))
                                .number(
                                        "Available",
                                        "On how many it has been ready for long enough.",
                                        object -> Workloads.status(object, "numberAvailable"))
                                .text(
                                        "Node Selector",
                                        "Which nodes it is for.",
                                        object -> Selectors.shownLabels(
                                                object.texts("spec", "template", "spec", "nodeSelector")))
                                .age())
                        .table())
                .defaults(object -> Trees.object(object, "spec").ifPresent(DaemonSetKind::defaults))
                .checks(DaemonSetKind::check)
                .changeChecks(Workloads::checkChange)
                .build();
    }

    private static void defaults(ObjectNode spec) {
        ObjectNode strategy = Defaults.object(spec, "updateStrategy");
        Defaults.put(strategy, "type", "RollingUpdate");
        if (Trees.text(strategy, "type").equals("RollingUpdate")) {
            ObjectNode rolling = Defaults.object(strategy, "rollingUpdate");
            Defaults.put(rolling, "maxUnavailable", 1);
            Defaults.put(rolling, "maxSurge", 0);
        }
        Defaults.put(spec, "revisionHistoryLimit", HISTORY);
        PodDefaults.template(spec);
    }

    private static void check(Checks checks, ObjectNode set) {
        Workloads.check(checks, set);
        JsonNode strategy = Trees.at(set, "spec", "updateStrategy");
        checks.requiredOneOf("spec.updateStrategy.type", Trees.text(strategy, "type"), "OnDelete", "RollingUpdate");
        JsonNode rolling = strategy.path("rollingUpdate");
        String path = "spec.updateStrategy.rollingUpdate";
        Workloads.countOrPercent(checks, path + ".maxUnavailable", rolling.path("maxUnavailable"));
        Workloads.countOrPercent(checks, path + ".maxSurge", rolling.path("maxSurge"));
        if (rolling.isObject()
                && Workloads.isZero(rolling.path("maxUnavailable"))
                && Workloads.isZero(rolling.path("maxSurge"))) {
            checks.required(path + ".maxUnavailable", "cannot be 0 when maxSurge is 0");
        }
    }
}
