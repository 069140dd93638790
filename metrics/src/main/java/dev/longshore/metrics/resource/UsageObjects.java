package dev.longshore.metrics.resource;

import dev.longshore.base.GoDurations;
import dev.longshore.base.Time;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.GroupResource;
import dev.longshore.model.GroupVersionKind;
import dev.longshore.model.Quantity;
import dev.longshore.model.Resource;
import dev.longshore.model.Times;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Map;
import tools.jackson.databind.node.ObjectNode;

/// How usage is spelled in `metrics.k8s.io`, as metrics-server spells it.
final class UsageObjects {

    static final String GROUP = "metrics.k8s.io";
    static final String VERSION = GROUP + "/v1beta1";

    private UsageObjects() {}

    /// By this name metrics-server says that it knows nothing of an object.
    static GroupResource unknown(String kind) {
        return new GroupResource(GROUP, kind);
    }

    /// An object with the name and labels of what uses; it is as old as the answer.
    static Resource named(String kind, String namespace, String name, Map<String, String> labels, Time time) {
        Resource object = Resource.of(GroupVersionKind.of(VERSION, kind), namespace, name);
        object.metadata().put("creationTimestamp", Times.print(time.now()));
        if (labels != null && !labels.isEmpty()) {
            ObjectNode copy = object.metadata().putObject("labels");
            labels.forEach(copy::put);
        }
        return object;
    }

    /// When, and over how long.
    static void stamp(Resource object, Usage usage) {
        Instant at = usage.at();
        object.tree().put("timestamp", Times.print(at)).put("window", GoDurations.print(usage.window()));
    }

    static void put(ObjectNode parent, Usage usage) {
        parent.putObject("usage")
                .put("cpu", cpu(usage.nanoCores()).toString())
                .put("memory", Quantity.ofBytes(usage.bytes()).toString());
    }

    private static Quantity cpu(long nanoCores) {
        return Quantity.parse(BigDecimal.valueOf(nanoCores, 9).toPlainString());
    }

    /// What the object, or all of its containers together, uses of a resource.
    static String sum(Resource object, String resource) {
        Quantity sum = Quantity.ZERO;
        for (ObjectNode container : Trees.list(object.tree(), "containers")) {
            sum = sum.plus(Quantity.parse(Trees.text(container, "usage", resource)));
        }
        String own = object.text("usage", resource);
        return own.isEmpty() ? sum.toString() : own;
    }
}
