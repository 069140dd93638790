package dev.longshore.kinds.policy;

import dev.longshore.base.Json;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.Conversion;
import dev.longshore.model.GroupVersionKind;
import dev.longshore.model.Resource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Between autoscaling v1 and v2. v1 has one field for the CPU; whatever else v2 knows travels in annotations,
/// so that nothing is lost on the way there and back.
final class AutoscalerConversion implements Conversion {

    static final String METRICS = "autoscaling.alpha.kubernetes.io/metrics";
    private static final String CURRENT = "autoscaling.alpha.kubernetes.io/current-metrics";
    private static final String CONDITIONS = "autoscaling.alpha.kubernetes.io/conditions";
    private static final String BEHAVIOR = "autoscaling.alpha.kubernetes.io/behavior";

    @Override
    public void convert(Resource object, GroupVersionKind target) {
        String from = object.kind().version();
        object.tree().put("apiVersion", target.apiVersion());
        if (from.equals("v2") && target.version().equals("v1")) {
            down(object);
        } else if (from.equals("v1") && target.version().equals("v2")) {
            up(object);
        }
    }

    private static void down(Resource object) {
        Trees.object(object.tree(), "spec").ifPresent(spec -> {
            ArrayNode others = Json.array();
            for (ObjectNode metric : Trees.list(spec, "metrics")) {
                if (isCpu(metric, "target") && !spec.has("targetCPUUtilizationPercentage")) {
                    spec.set(
                            "targetCPUUtilizationPercentage",
                            Trees.at(metric, "resource", "target", "averageUtilization"));
                } else {
                    others.add(metric);
                }
            }
            spec.remove("metrics");
            keep(object, METRICS, others);
            keep(object, BEHAVIOR, spec.remove("behavior"));
        });
        Trees.object(object.tree(), "status").ifPresent(status -> {
            JsonNode current = status.remove("currentMetrics");
            Trees.list(Json.object().set("list", current == null ? Json.array() : current), "list").stream()
                    .filter(metric -> isCpu(metric, "current"))
                    .findFirst()
                    .ifPresent(metric -> status.set(
                            "currentCPUUtilizationPercentage",
                            Trees.at(metric, "resource", "current", "averageUtilization")));
            keep(object, CURRENT, current);
            keep(object, CONDITIONS, status.remove("conditions"));
        });
    }

    private static boolean isCpu(ObjectNode metric, String which) {
        return Trees.text(metric, "type").equals("Resource")
                && Trees.text(metric, "resource", "name").equals("cpu")
                && Trees.has(metric, "resource", which, "averageUtilization");
    }

    private static void keep(Resource object, String annotation, JsonNode value) {
        if (value != null && !value.isEmpty()) {
            object.metadata().withObject("annotations").put(annotation, value.toString());
        }
    }

    private static void up(Resource object) {
        Trees.object(object.tree(), "spec").ifPresent(spec -> {
            ArrayNode metrics = Json.array();
            JsonNode others = takeBack(object, METRICS);
            JsonNode percent = spec.remove("targetCPUUtilizationPercentage");
            if (percent != null && !percent.isNull()) {
                ObjectNode resource =
                        metrics.addObject().put("type", "Resource").putObject("resource");
                resource.put("name", "cpu");
                resource.putObject("target").put("type", "Utilization").set("averageUtilization", percent);
            }
            others.forEach(metrics::add);
            if (!metrics.isEmpty()) {
                spec.set("metrics", metrics);
            }
            JsonNode behavior = takeBack(object, BEHAVIOR);
            if (behavior.isObject()) {
                spec.set("behavior", behavior);
            }
        });
        Trees.object(object.tree(), "status").ifPresent(status -> {
            JsonNode percent = status.remove("currentCPUUtilizationPercentage");
            JsonNode current = takeBack(object, CURRENT);
            if (current.isArray()) {
                status.set("currentMetrics", current);
            } else if (percent != null && !percent.isNull()) {
                ObjectNode resource = status.putArray("currentMetrics")
                        .addObject()
                        .put("type", "Resource")
                        .putObject("resource");
                resource.put("name", "cpu").putObject("current").set("averageUtilization", percent);
            }
            JsonNode conditions = takeBack(object, CONDITIONS);
            if (conditions.isArray()) {
                status.set("conditions", conditions);
            }
        });
    }

    private static JsonNode takeBack(Resource object, String annotation) {
        if (object.at("metadata", "annotations") instanceof ObjectNode annotations
                && annotations.remove(annotation) instanceof JsonNode text) {
            if (annotations.isEmpty()) {
                object.metadata().remove("annotations");
            }
            try {
                return Json.parse(text.asString(""));
            } catch (Json.MalformedException edited) {
                // Somebody wrote into our annotation; what cannot be read cannot be taken back.
                return Json.object().path("nothing");
            }
        }
        return Json.object().path("nothing");
    }
}
