package dev.longshore.kinds.policy;

import dev.longshore.kinds.kit.Columns;
import dev.longshore.kinds.kit.Defaults;
import dev.longshore.kinds.kit.KindBuilder;
import dev.longshore.kinds.kit.KindsContext;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.GroupVersionKind;
import dev.longshore.model.Resource;
import dev.longshore.model.ResourceDefinition;
import dev.longshore.model.Table;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.node.MissingNode;
import tools.jackson.databind.node.ObjectNode;

/// More pods when there is more to do. Kept as v2; v1 knows the CPU only.
final class HorizontalPodAutoscalerKind {

    private static final GroupVersionKind V2 = new GroupVersionKind("autoscaling", "v2", "HorizontalPodAutoscaler");
    private static final int SHOWN = 2;
    private static final int USUAL_PERCENT = 80;

    private HorizontalPodAutoscalerKind() {}

    static List<ResourceDefinition> definitions(KindsContext context) {
        return List.of(
                begin(context, "autoscaling/v2")
                        .defaults(HorizontalPodAutoscalerKind::defaults)
                        .initialStatus(HorizontalPodAutoscalerKind::initial)
                        .build(),
                begin(context, "autoscaling/v1")
                        .defaults(HorizontalPodAutoscalerKind::oldDefaults)
                        .initialStatus(object -> {
                            initial(object);
                            Defaults.put(Defaults.object(object, "status"), "currentReplicas", 0);
                        })
                        .build());
    }

    private static KindBuilder begin(KindsContext context, String apiVersion) {
        return KindBuilder.kind(context, apiVersion, "HorizontalPodAutoscaler", "horizontalpodautoscalers")
                .shortNames("hpa")
                .categories("all")
                .storedAs("autoscaling/v2", new AutoscalerConversion())
                .status()
                .noGeneration()
                .table(table())
                .newChecks(
                        (checks, object) -> AutoscalerChecks.check(checks, latest(object), MissingNode.getInstance()))
                .changeChecks((checks, object, old) -> AutoscalerChecks.check(checks, latest(object), latest(old)))
                .statusChecks(AutoscalerChecks::status);
    }

    private static void initial(ObjectNode object) {
        ObjectNode status = Defaults.object(object, "status");
        Defaults.put(status, "desiredReplicas", 0);
        if (!status.has("currentMetrics")
                && object.path("apiVersion").asString("").endsWith("/v2")) {
            status.putNull("currentMetrics");
        }
    }

    /// v1 has no other measure than the CPU, unless others travel in an annotation.
    private static void oldDefaults(ObjectNode object) {
        replicas(object);
        if (!Trees.has(object, "metadata", "annotations", AutoscalerConversion.METRICS)) {
            Trees.object(object, "spec")
                    .ifPresent(spec -> Defaults.put(spec, "targetCPUUtilizationPercentage", USUAL_PERCENT));
        }
    }

    private static void replicas(ObjectNode object) {
        Trees.object(object, "spec").ifPresent(spec -> Defaults.put(spec, "minReplicas", 1));
    }

    private static void defaults(ObjectNode object) {
        replicas(object);
        Trees.object(object, "spec").ifPresent(spec -> {
            if (spec.path("metrics").isEmpty()) {
                ObjectNode metric = spec.putArray("metrics").addObject().put("type", "Resource");
                metric.putObject("resource")
                        .put("name", "cpu")
                        .putObject("target")
                        .put("type", "Utilization")
                        .put("averageUtilization", USUAL_PERCENT);
            }
            Trees.object(spec, "behavior").ifPresent(HorizontalPodAutoscalerKind::behavior);
        });
    }

    private static void behavior(ObjectNode behavior) {
        ObjectNode up = Defaults.object(behavior, "scaleUp");
        Defaults.put(up, "stabilizationWindowSeconds", 0);
        Defaults.put(up, "selectPolicy", "Max");
        if (up.path("policies").isEmpty()) {
            var policies = up.putArray("policies");
            policies.addObject().put("type", "Pods").put("value", 4).put("periodSeconds", 15);
            policies.addObject().put("type", "Percent").put("value", 100).put("periodSeconds", 15);
        }
        ObjectNode down = Defaults.object(behavior, "scaleDown");
        Defaults.put(down, "selectPolicy", "Max");
        if (down.path("policies").isEmpty()) {
            down.putArray("policies")
                    .addObject()
                    .put("type", "Percent")
                    .put("value", 100)
                    .put("periodSeconds", 15);
        }
    }

    private static Table table() {
        return Columns.named()
                .text(
                        "Reference",
                        "What is scaled.",
                        object -> object.text("spec", "scaleTargetRef", "kind") + "/"
                                + object.text("spec", "scaleTargetRef", "name"))
                .text(
                        "Targets",
                        "What it is scaled by, as it is and as it should be.",
                        object -> targets(latest(object)))
                .text(
                        "MinPods",
                        "The fewest pods.",
                        object -> object.find("spec", "minReplicas")
                                .map(number -> number.asString())
                                .orElse("<unset>"))
                .text("MaxPods", "The most pods.", object -> Trees.number(object.tree(), 0, "spec", "maxReplicas"))
                .text(
                        "Replicas",
                        "How many there are.",
                        object -> Trees.number(object.tree(), 0, "status", "currentReplicas"))
                .age()
                .table();
    }

    private static ObjectNode latest(ObjectNode object) {
        return latest(new Resource(object)).tree();
    }

    private static Resource latest(Resource object) {
        if (object.text("apiVersion").equals(V2.apiVersion())) {
            return object;
        }
        Resource copy = object.copy();
        new AutoscalerConversion().convert(copy, V2);
        return copy;
    }

    private static String targets(Resource object) {
        List<ObjectNode> metrics = Trees.list(object.tree(), "spec", "metrics");
        if (metrics.isEmpty()) {
            return "<none>";
        }
        List<ObjectNode> current = Trees.list(object.tree(), "status", "currentMetrics");
        var shown = new ArrayList<String>();
        for (int i = 0; i < metrics.size(); i++) {
            shown.add(target(
                    metrics.get(i),
                    i < current.size() ? current.get(i) : metrics.get(i).objectNode()));
        }
        String first = String.join(", ", shown.subList(0, Math.min(SHOWN, shown.size())));
        return shown.size() > SHOWN ? first + " + " + (shown.size() - SHOWN) + " more..." : first;
    }

    private static String target(ObjectNode metric, ObjectNode current) {
        String type = Trees.text(metric, "type");
        String field = type.isEmpty() ? "" : Character.toLowerCase(type.charAt(0)) + type.substring(1);
        var target = Trees.at(metric, field, "target");
        var now = Trees.at(current, field, "current");
        String name = type.equals("Resource") || type.equals("ContainerResource")
                ? Trees.text(metric, field, "name") + ": "
                : "";
        if (Trees.has(target, "averageUtilization")) {
            String used = Trees.has(now, "averageUtilization")
                    ? Trees.number(now, 0, "averageUtilization") + "%"
                    : "<unknown>";
            return name + used + "/" + Trees.number(target, 0, "averageUtilization") + "%";
        }
        boolean isAverage = Trees.has(target, "averageValue");
        String amount = isAverage ? "averageValue" : "value";
        String used = Trees.text(now, amount);
        return name + (used.isEmpty() ? "<unknown>" : used) + "/" + Trees.text(target, amount)
                + (isAverage && name.isEmpty() && !type.equals("Pods") ? " (avg)" : "");
    }
}
