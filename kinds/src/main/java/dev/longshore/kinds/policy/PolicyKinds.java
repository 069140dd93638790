package dev.longshore.kinds.policy;

import dev.longshore.kinds.kit.Checks;
import dev.longshore.kinds.kit.Columns;
import dev.longshore.kinds.kit.Defaults;
import dev.longshore.kinds.kit.KindBuilder;
import dev.longshore.kinds.kit.KindsContext;
import dev.longshore.kinds.kit.Selectors;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.kinds.pods.Workloads;
import dev.longshore.model.NameRule;
import dev.longshore.model.Resource;
import dev.longshore.model.ResourceDefinition;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/// The kinds of `policy`, `autoscaling`, `scheduling.k8s.io` and `node.k8s.io`.
public final class PolicyKinds {

    private static final long HIGHEST = 1_000_000_000;

    private PolicyKinds() {}

    /// All of them.
    public static List<ResourceDefinition> all(KindsContext context) {
        var all = new ArrayList<>(HorizontalPodAutoscalerKind.definitions(context));
        all.addAll(List.of(
                budgets(context),
                priorities(context),
                runtimes(context),
                KindBuilder.kind(context, "scheduling.k8s.io/v1alpha2", "PodGroup", "podgroups")
                        .status()
                        .build(),
                KindBuilder.kind(context, "scheduling.k8s.io/v1alpha2", "Workload", "workloads")
                        .build()));
        return all;
    }

    private static ResourceDefinition budgets(KindsContext context) {
        return KindBuilder.kind(context, "policy/v1", "PodDisruptionBudget", "poddisruptionbudgets")
                .shortNames("pdb")
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
                .checks(PolicyKinds::checkBudget)
                .build();
    }

    private static void checkBudget(Checks checks, ObjectNode budget) {
        var spec = budget.path("spec");
        if (Trees.has(spec, "minAvailable") && Trees.has(spec, "maxUnavailable")) {
            checks.invalid("spec", spec, "minAvailable and maxUnavailable cannot be both set");
        }
        Workloads.countOrPercent(checks, "spec.minAvailable", spec.path("minAvailable"));
        Workloads.countOrPercent(checks, "spec.maxUnavailable", spec.path("maxUnavailable"));
        Selectors.check(checks, "spec.selector", spec.path("selector"));
        checks.oneOf(
                "spec.unhealthyPodEvictionPolicy",
                Trees.text(spec, "unhealthyPodEvictionPolicy"),
                "AlwaysAllow",
                "IfHealthyBudget");
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
                .checks((checks, object) -> {
                    String name = Trees.text(object, "metadata", "name");
                    boolean isSystem = name.startsWith("system-");
                    boolean isOurs = name.equals("system-node-critical") || name.equals("system-cluster-critical");
                    if (isSystem && !isOurs) {
                        checks.forbidden(
                                "metadata.name",
                                "priority class names with 'system-' prefix are reserved for system use only. error: "
                                        + name + " is not a known system priority class");
                    } else if (!isSystem && Trees.number(object, 0, "value") > HIGHEST) {
                        checks.forbidden("value", "maximum allowed value of a user defined priority is " + HIGHEST);
                    }
                })
                .changeChecks((checks, object, old) -> {
                    if (Trees.number(object, 0, "value") != Trees.number(old, 0, "value")) {
                        checks.forbidden("value", "may not be changed in an update.");
                    }
                    checks.unchanged("preemptionPolicy", object, old, "preemptionPolicy");
                })
                .build();
    }

    private static ResourceDefinition runtimes(KindsContext context) {
        return KindBuilder.kind(context, "node.k8s.io/v1", "RuntimeClass", "runtimeclasses")
                .clusterScoped()
                .noGeneration()
                .table(Columns.named()
                        .text("Handler", "What runs its pods.", object -> object.text("handler"))
                        .age()
                        .table())
                .checks((checks, object) ->
                        checks.requiredName("handler", Trees.text(object, "handler"), NameRule.DNS_LABEL))
                .changeChecks((checks, object, old) -> checks.unchanged("handler", object, old, "handler"))
                .build();
    }
}
