package dev.longshore.kinds.core;

import dev.longshore.kinds.kit.Checks;
import dev.longshore.kinds.kit.Columns;
import dev.longshore.kinds.kit.KindBuilder;
import dev.longshore.kinds.kit.KindsContext;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.Quantity;
import dev.longshore.model.ResourceDefinition;
import java.util.HashSet;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// How much a container, a pod or a claim may ask for.
final class LimitRangeKind {

    private LimitRangeKind() {}

    static ResourceDefinition definition(KindsContext context) {
        return KindBuilder.kind(context, "v1", "LimitRange", "limitranges")
                .shortNames("limits")
                .noGeneration()
                .table(Columns.stamped())
                .defaults(LimitRangeKind::defaults)
                .checks(LimitRangeKind::check)
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

    private static void check(Checks checks, ObjectNode range) {
        var types = new HashSet<String>();
        int index = 0;
        for (ObjectNode item : Trees.list(range, "spec", "limits")) {
            String path = "spec.limits[" + index++ + "]";
            checks.unique(path + ".type", Trees.text(item, "type"), types);
            ordered(checks, path, item, "min", "max");
            ordered(checks, path, item, "min", "default");
            ordered(checks, path, item, "min", "defaultRequest");
            ordered(checks, path, item, "defaultRequest", "default");
            ordered(checks, path, item, "default", "max");
            ordered(checks, path, item, "defaultRequest", "max");
        }
    }

    private static void ordered(Checks checks, String path, ObjectNode item, String lower, String upper) {
        item.path(lower).properties().forEach(entry -> {
            Optional<Quantity> less = amount(entry.getValue());
            Optional<Quantity> more = amount(item.path(upper).path(entry.getKey()));
            if (less.isPresent() && more.isPresent() && less.get().compareTo(more.get()) > 0) {
                checks.invalid(
                        path + "." + lower + "[" + entry.getKey() + "]",
                        less.get().toString(),
                        lower + " value " + less.get() + " is greater than " + upper + " value " + more.get());
            }
        });
    }

    private static Optional<Quantity> amount(JsonNode value) {
        return Quantity.find(value.asString(""));
    }
}
