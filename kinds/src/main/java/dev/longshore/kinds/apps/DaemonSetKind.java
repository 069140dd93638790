package dev.longshore.kinds.apps;

import dev.longshore.kinds.kit.Checks;
import dev.longshore.kinds.kit.Columns;
import dev.longshore.kinds.kit.Defaults;
import dev.longshore.kinds.kit.InnerTypes;
import dev.longshore.kinds.kit.KindBuilder;
import dev.longshore.kinds.kit.KindsContext;
import dev.longshore.kinds.kit.Selectors;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.kinds.pods.GatedFields;
import dev.longshore.kinds.pods.PodChecks;
import dev.longshore.kinds.pods.PodDefaults;
import dev.longshore.kinds.pods.PodWarnings;
import dev.longshore.kinds.pods.WorkloadChecks;
import dev.longshore.kinds.pods.Workloads;
import dev.longshore.model.Cause;
import dev.longshore.model.ResourceDefinition;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// One pod on every node.
final class DaemonSetKind {

    private static final int HISTORY = 10;
    private static final String GENERATION = "deprecated.daemonset.template.generation";

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
                .defaults(object -> defaults(Defaults.object(object, "spec")))
                .initialStatus(DaemonSetKind::begin)
                .keeps(DaemonSetKind::count)
                .prepares(GatedFields.ofTemplate(context.gates(), "spec", "template"))
                .checks(DaemonSetKind::check)
                .changeChecks((checks, object, old) -> WorkloadChecks.sameSelector(checks, object, old))
                .statusChecks(DaemonSetKind::status)
                .warnings(object -> PodWarnings.ofTemplate("spec.template", object.at("spec", "template")))
                .build();
    }

    private static void begin(ObjectNode set) {
        ObjectNode status = Defaults.object(set, "status");
        for (String field :
                List.of("currentNumberScheduled", "numberMisscheduled", "desiredNumberScheduled", "numberReady")) {
            status.put(field, 0);
        }
        if (Long.signum(generation(set)) < 1) {
            annotate(set, 1);
        }
    }

    /// The number of the template counts its changes. It was a field once; clients still see it as annotation.
    private static void count(ObjectNode set, ObjectNode old) {
        long before = generation(old);
        boolean isSame =
                Trees.pruned(Trees.at(set, "spec", "template")).equals(Trees.pruned(Trees.at(old, "spec", "template")));
        if (before > 0) {
            annotate(set, isSame ? before : before + 1);
        }
    }

    private static void annotate(ObjectNode set, long generation) {
        Defaults.object(Defaults.object(set, "metadata"), "annotations").put(GENERATION, Long.toString(generation));
    }

    private static long generation(ObjectNode set) {
        String text = Trees.text(set, "metadata", "annotations", GENERATION);
        return text.matches("\\d{1,18}") ? Long.parseLong(text) : 0;
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
        JsonNode selector = Trees.at(set, "spec", "selector");
        JsonNode template = Trees.at(set, "spec", "template");
        if (selector.isObject()) {
            WorkloadChecks.selector(checks, selector, "daemonset");
        }
        PodChecks.template(checks, "spec.template", template, selector);
        WorkloadChecks.lasting(checks, template, "DaemonSet");
        WorkloadChecks.counts(checks, set, "spec", "minReadySeconds");
        strategy(checks, Trees.at(set, "spec", "updateStrategy"));
        WorkloadChecks.counts(checks, set, "spec", "revisionHistoryLimit");
    }

    private static void strategy(Checks checks, JsonNode strategy) {
        switch (Trees.text(strategy, "type")) {
            case "OnDelete" -> {
                // Nothing rolls.
            }
            case "RollingUpdate" -> rolling(checks, strategy.path("rollingUpdate"));
            default ->
                checks.add(Cause.unsupported(
                        "spec.updateStrategy",
                        InnerTypes.of("DaemonSetUpdateStrategy", strategy).toString(),
                        List.of("RollingUpdate", "OnDelete")));
        }
    }

    private static void rolling(Checks checks, JsonNode rolling) {
        String path = "spec.updateStrategy.rollingUpdate";
        JsonNode unavailable = rolling.path("maxUnavailable");
        JsonNode surge = rolling.path("maxSurge");
        Workloads.countOrPercent(checks, path + ".maxUnavailable", unavailable);
        Workloads.countOrPercent(checks, path + ".maxSurge", surge);
        Workloads.notMoreThanAll(checks, path + ".maxUnavailable", unavailable);
        Workloads.notMoreThanAll(checks, path + ".maxSurge", surge);
        boolean isZero = Workloads.isZero(unavailable);
        if (isZero && Workloads.isZero(surge)) {
            checks.required(path + ".maxUnavailable", "cannot be 0 when maxSurge is 0");
        } else if (!isZero && !Workloads.isZero(surge)) {
            checks.invalid(path + ".maxSurge", surge, "may not be set when maxUnavailable is non-zero");
        }
    }

    private static void status(Checks checks, ObjectNode set, ObjectNode old) {
        WorkloadChecks.counts(
                checks,
                set,
                "status",
                "currentNumberScheduled",
                "numberMisscheduled",
                "desiredNumberScheduled",
                "numberReady",
                "observedGeneration",
                "updatedNumberScheduled",
                "numberAvailable",
                "numberUnavailable",
                "collisionCount");
        WorkloadChecks.collisions(checks, set, old);
    }
}
