package dev.longshore.kinds.machinery;

import dev.longshore.kinds.kit.Columns;
import dev.longshore.kinds.kit.Defaults;
import dev.longshore.kinds.kit.KindBuilder;
import dev.longshore.kinds.kit.KindsContext;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.Resource;
import dev.longshore.model.ResourceDefinition;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/// The kinds of `flowcontrol.apiserver.k8s.io`.
final class FlowKinds {

    private static final String GROUP = "flowcontrol.apiserver.k8s.io/v1";
    private static final String NONE = "<none>";

    private FlowKinds() {}

    static List<ResourceDefinition> all(KindsContext context) {
        return List.of(schemas(context), levels(context));
    }

    private static ResourceDefinition schemas(KindsContext context) {
        return KindBuilder.kind(context, GROUP, "FlowSchema", "flowschemas")
                .clusterScoped()
                .status()
                .statusNeverOwns("metadata", "spec")
                .table(Columns.named()
                        .text(
                                "PriorityLevel",
                                "Where its requests queue.",
                                object -> object.text("spec", "priorityLevelConfiguration", "name"))
                        .text("MatchingPrecedence", "The lowest is asked first.", FlowKinds::precedence)
                        .text("DistinguisherMethod", "What makes one flow of it.", object -> {
                            String method = object.text("spec", "distinguisherMethod", "type");
                            return method.isEmpty() ? NONE : method;
                        })
                        .age()
                        .text("MissingPL", "Whether its level is missing.", FlowKinds::dangling)
                        .ordered(Comparator.comparingLong(FlowKinds::precedence).thenComparing(Resource::name))
                        .table())
                .defaults(object -> Trees.object(object, "spec")
                        .ifPresent(spec -> Defaults.putNonZero(spec, "matchingPrecedence", 1000)))
                .checks(FlowSchemaChecks::check)
                .statusChecks((checks, object, old) -> PriorityLevelChecks.status(checks, object))
                .build();
    }

    private static long precedence(Resource object) {
        return Trees.number(object.tree(), 0, "spec", "matchingPrecedence");
    }

    private static String dangling(Resource object) {
        return Trees.list(object.tree(), "status", "conditions").stream()
                .filter(condition -> Trees.text(condition, "type").equals("Dangling"))
                .map(condition -> Trees.text(condition, "status"))
                .findFirst()
                .orElse("?");
    }

    private static ResourceDefinition levels(KindsContext context) {
        return KindBuilder.kind(context, GROUP, "PriorityLevelConfiguration", "prioritylevelconfigurations")
                .clusterScoped()
                .status()
                .statusNeverOwns("metadata", "spec")
                .table(Columns.named()
                        .text("Type", "Limited or Exempt.", object -> object.text("spec", "type"))
                        .text(
                                "NominalConcurrencyShares",
                                "Its part of all seats.",
                                object -> shown(object, List.of("limited", "nominalConcurrencyShares")))
                        .text("Queues", "How many queues it has.", object -> queuing(object, "queues"))
                        .text("HandSize", "How many a flow is dealt.", object -> queuing(object, "handSize"))
                        .text(
                                "QueueLengthLimit",
                                "How long they may become.",
                                object -> queuing(object, "queueLengthLimit"))
                        .age()
                        .table())
                .defaults(object -> Trees.object(object, "spec").ifPresent(FlowKinds::defaults))
                .checks(PriorityLevelChecks::check)
                .statusChecks((checks, object, old) -> PriorityLevelChecks.status(checks, object))
                .build();
    }

    private static Object queuing(Resource object, String field) {
        return shown(object, List.of("limited", "limitResponse", "queuing", field));
    }

    private static Object shown(Resource object, List<String> path) {
        var steps = new ArrayList<>(List.of("spec"));
        steps.addAll(path);
        return object.find(steps.toArray(String[]::new))
                .<Object>map(value -> value.asLong(0))
                .orElse(NONE);
    }

    private static void defaults(ObjectNode spec) {
        if (Trees.text(spec, "type").equals("Exempt")) {
            ObjectNode exempt = Defaults.object(spec, "exempt");
            Defaults.put(exempt, "nominalConcurrencyShares", 0);
            Defaults.put(exempt, "lendablePercent", 0);
        }
        Trees.object(spec, "limited").ifPresent(limited -> {
            Defaults.put(limited, "nominalConcurrencyShares", 30);
            Defaults.put(limited, "lendablePercent", 0);
            Trees.object(limited, "limitResponse", "queuing").ifPresent(queuing -> {
                Defaults.putNonZero(queuing, "queues", 64);
                Defaults.putNonZero(queuing, "handSize", 8);
                Defaults.putNonZero(queuing, "queueLengthLimit", 50);
            });
        });
    }
}
