package dev.longshore.kinds.core;

import dev.longshore.kinds.kit.Columns;
import dev.longshore.kinds.kit.KindBuilder;
import dev.longshore.kinds.kit.KindsContext;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.ResourceDefinition;
import tools.jackson.databind.node.ObjectNode;

/// How much a container, a pod or a claim may ask for.
final class LimitRangeKind {

    private LimitRangeKind() {}

    static ResourceDefinition definition(KindsContext context) {
        return KindBuilder.kind(context, "v1", "LimitRange", "limitranges")
                .shortNames("limits")
                .noGeneration()
                .createdByPut()
                .table(Columns.stamped())
                .defaults(LimitRangeKind::defaults)
                .checks(LimitChecks::check)
                .build();
    }

    /// A maximum is also the default limit, that the default request, and so is a minimum.
    private static void defaults(ObjectNode range) {
        for (ObjectNode item : Trees.list(range, "spec", "limits")) {
            if (Trees.text(item, "type").equals("Container")) {
                fill(item, "max", "default");
                fill(item, "default", "defaultRequest");
                fill(item, "min", "defaultRequest");
            }
        }
    }

    private static void fill(ObjectNode item, String from, String to) {
        Trees.object(item, from).ifPresent(amounts -> {
            ObjectNode target = item.withObject(to);
            amounts.properties().forEach(amount -> {
                if (!target.has(amount.getKey())) {
                    target.set(amount.getKey(), amount.getValue());
                }
            });
        });
    }
}
