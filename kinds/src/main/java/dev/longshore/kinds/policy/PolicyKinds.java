package dev.longshore.kinds.policy;

import dev.longshore.kinds.kit.Columns;
import dev.longshore.kinds.kit.Defaults;
import dev.longshore.kinds.kit.KindBuilder;
import dev.longshore.kinds.kit.KindsContext;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.kinds.pods.Workloads;
import dev.longshore.model.Resource;
import dev.longshore.model.ResourceDefinition;
import java.util.ArrayList;
import java.util.List;

/// The kinds of `policy`, `autoscaling`, `scheduling.k8s.io` and `node.k8s.io`.
public final class PolicyKinds {

    private PolicyKinds() {}

    /// All of them.
    public static List<ResourceDefinition> all(KindsContext context) {
        var all = new ArrayList<>(HorizontalPodAutoscalerKind.definitions(context));
        all.addAll(List.of(
                budgets(context),
                priorities(context),
                runtimes(context),
                GangKinds.groups(context),
                GangKinds.workloads(context)));
        return all;
    }

    private static ResourceDefinition budgets(KindsContext context) {
        return KindBuilder.kind(context, "policy/v1", "PodDisruptionBudget", "poddisruptionbudgets")
                .shortNames("pdb")
                .needsVersion()
                .status()
                .table(Columns.named()
                        .text("Min Available", "How many must stay.", budget -> orNotAvailable(budget, "minAvailable"))
                        .text("Max Unavailable", "How many may go.", budget -> orNotAvailable(budget, "maxUnavailable"))
                        .number(
                                "Allowed Disruptions",
                                "How many may go now.",
                                budget -> Workloads.status(budget, "disruptionsAllowed"))
                        .age()
                        .table())
                .checks(BudgetChecks::check)
                .statusChecks(BudgetChecks::status)
                .build();
    }

    private static String orNotAvailable(Resource budget, String field) {
        return budget.find("spec", field).map(value -> value.asString()).orElse("N/A");
    }

    private static ResourceDefinition priorities(KindsContext context) {
        return KindBuilder.kind(context, "scheduling.k8s.io/v1", "PriorityClass", "priorityclasses")
                .clusterScoped()
                .shortNames("pc")
                .table(Columns.named()
                        .number("Value", "Its priority.", object -> Trees.number(object.tree(), 0, "value"))
                        .flag(
                                "Global-Default",
                                "Whether pods have it that name none.",
                                object -> Trees.flag(object.tree(), "globalDefault"))
                        .age()
                        .text(
                                "PreemptionPolicy",
                                "Whether its pods may push others out.",
                                object -> object.text("preemptionPolicy"))
                        .table())
                .defaults(object -> Defaults.put(object, "preemptionPolicy", "PreemptLowerPriority"))
                .newChecks(ClassChecks::priority)
                .changeChecks(ClassChecks::priorityChange)
                .build();
    }

    private static ResourceDefinition runtimes(KindsContext context) {
        return KindBuilder.kind(context, "node.k8s.io/v1", "RuntimeClass", "runtimeclasses")
                .clusterScoped()
                .noGeneration()
                .createdByPut()
                .needsVersion()
                .table(Columns.named()
                        .text("Handler", "What runs its pods.", object -> object.text("handler"))
                        .age()
                        .table())
                .checks(ClassChecks::runtime)
                .warnings(ClassChecks::runtimeWarnings)
                .changeChecks((checks, object, old) -> checks.unchanged("handler", object, old, "handler"))
                .build();
    }
}
