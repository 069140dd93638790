package dev.longshore.kinds.policy;

import dev.longshore.kinds.kit.Checks;
import dev.longshore.kinds.kit.ResourceNames;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.NameRule;
import dev.longshore.model.Quantity;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What autoscalers must be like, as v2 spells them.
final class AutoscalerChecks {

    private static final int MAX_WINDOW = 3600;
    private static final int MAX_PERIOD = 1800;
    private static final String AVERAGE = ".target.averageValue";
    private static final String[] TYPES = {"ContainerResource", "External", "Object", "Pods", "Resource"};
    private static final Map<String, String> FIELDS = Map.of(
            "Object", "object",
            "External", "external",
            "Pods", "pods",
            "Resource", "resource",
            "ContainerResource", "containerResource");
    /// In the order in which they are looked at.
    private static final List<String> SOURCES = List.of("object", "external", "pods", "resource", "containerResource");

    private final Checks checks;
    private final JsonNode spec;
    private final JsonNode old;

    private AutoscalerChecks(Checks checks, JsonNode spec, JsonNode old) {
        this.checks = checks;
        this.spec = spec;
        this.old = old;
    }

    /// Checks `object`, which follows upon `old` if there is one.
    static void check(Checks checks, JsonNode object, JsonNode old) {
        new AutoscalerChecks(checks, object.path("spec"), old.path("spec")).check();
    }

    private void check() {
        replicas();
        target();
        boolean mayBeOdd = Trees.list(old, "metrics").stream()
                .filter(metric -> Trees.text(metric, "type").equals("Object"))
                .anyMatch(metric -> versionFault(Trees.at(metric, "object", "describedObject"), false)
                        .isPresent());
        Trees.each(spec, "spec", "metrics", (at, metric) -> metric(at, metric, mayBeOdd));
        boolean hasOther = Trees.list(spec, "metrics").stream()
                .map(metric -> Trees.text(metric, "type"))
                .anyMatch(type -> type.equals("Object") || type.equals("External"));
        if (Trees.number(spec, 1, "minReplicas") == 0 && !hasOther) {
            checks.forbidden(
                    "spec.metrics",
                    "must specify at least one Object or External metric to support scaling to zero replicas");
        }
        for (String direction : List.of("scaleUp", "scaleDown")) {
            if (Trees.at(spec, "behavior", direction) instanceof ObjectNode rules) {
                rules("spec.behavior." + direction, rules);
            }
        }
    }

    static void status(Checks checks, ObjectNode object, ObjectNode old) {
        for (String field : List.of("currentReplicas", "desiredReplicas")) {
            checks.nonNegative("status." + field, Trees.at(object, "status", field));
        }
    }

    /// The gate HPAScaleToZero is closed: only what was zero before may be.
    private void replicas() {
        long lowest = Trees.number(old, 1, "minReplicas") == 0 ? 0 : 1;
        long least = Trees.number(spec, 1, "minReplicas");
        long most = Trees.number(spec, 0, "maxReplicas");
        if (least < lowest) {
            checks.invalid("spec.minReplicas", least, "must be greater than or equal to " + lowest);
        }
        if (most < 1) {
            checks.invalid("spec.maxReplicas", most, "must be greater than 0");
        }
        if (most < least) {
            checks.invalid("spec.maxReplicas", most, "must be greater than or equal to `minReplicas`");
        }
    }

    /// Of what was there before neither the version nor the kind is judged again.
    private void target() {
        JsonNode target = spec.path("scaleTargetRef");
        JsonNode before = old.path("scaleTargetRef");
        boolean isKnown = before.isObject()
                && List.of("apiVersion", "kind").stream()
                        .allMatch(field -> Trees.text(target, field).equals(Trees.text(before, field)));
        reference("spec.scaleTargetRef", target);
        if (!isKnown) {
            version("spec.scaleTargetRef", target, !Trees.text(target, "kind").equals("ReplicationController"));
        }
    }

    private void reference(String at, JsonNode reference) {
        for (String field : List.of("kind", "name")) {
            checks.requiredName(at + "." + field, Trees.text(reference, field), NameRule.PATH_SEGMENT);
        }
    }

    private void version(String at, JsonNode reference, boolean needsGroup) {
        versionFault(reference, needsGroup)
                .ifPresent(fault -> checks.invalid(at + ".apiVersion", Trees.text(reference, "apiVersion"), fault));
    }

    private static Optional<String> versionFault(JsonNode reference, boolean needsGroup) {
        String version = Trees.text(reference, "apiVersion");
        if (version.chars().filter(character -> character == '/').count() > 1) {
            return Optional.of("unexpected GroupVersion string: " + version);
        }
        return needsGroup && version.indexOf('/') <= 0
                ? Optional.of("apiVersion must specify API group")
                : Optional.empty();
    }

    private void metric(String at, ObjectNode metric, boolean mayBeOdd) {
        String type = Trees.text(metric, "type");
        if (type.isEmpty()) {
            checks.required(at + ".type", "must specify a metric source type");
        }
        if (!FIELDS.containsKey(type)) {
            checks.unsupported(at + ".type", type, TYPES);
        }
        List<String> present =
                SOURCES.stream().filter(source -> Trees.has(metric, source)).toList();
        if (!present.isEmpty()) {
            String first = present.getFirst();
            source(at + "." + first, first, metric.path(first), mayBeOdd);
        }
        String expected = FIELDS.getOrDefault(type, "");
        if (expected.isEmpty()) {
            // The original says so twice.
            checks.unsupported(at + ".type", type, TYPES);
        } else if (!present.contains(expected)) {
            checks.required(at + "." + expected, "must populate information for the given metric source");
        }
        if (present.size() != 1) {
            present.stream()
                    .filter(source -> !source.equals(expected))
                    .forEach(source ->
                            checks.forbidden(at + "." + source, "must populate the given metric source only"));
        }
    }

    private void source(String at, String type, JsonNode source, boolean mayBeOdd) {
        JsonNode target = source.path("target");
        boolean hasValue = Trees.has(target, "value");
        boolean hasAverage = Trees.has(target, "averageValue");
        switch (type) {
            case "object" -> {
                JsonNode described = source.path("describedObject");
                reference(at + ".describedObject", described);
                if (!mayBeOdd) {
                    version(at + ".describedObject", described, false);
                }
                identifier(at, source);
                target(at + ".target", target);
                if (!hasValue && !hasAverage) {
                    checks.required(at + AVERAGE, "must set either a target value or averageValue");
                }
            }
            case "external" -> {
                identifier(at, source);
                target(at + ".target", target);
                if (!hasValue && !hasAverage) {
                    checks.required(at + AVERAGE, "must set either a target value for metric or a per-pod target");
                } else if (hasValue && hasAverage) {
                    checks.forbidden(
                            at + ".target.value", "may not set both a target value for metric and a per-pod target");
                }
            }
            case "pods" -> {
                identifier(at, source);
                target(at + ".target", target);
                if (!hasAverage) {
                    checks.required(at + AVERAGE, "must specify a positive target averageValue");
                }
            }
            default -> resource(at, type, source);
        }
    }

    private void resource(String at, String type, JsonNode source) {
        String name = Trees.text(source, "name");
        boolean isOfContainer = type.equals("containerResource");
        if (name.isEmpty()) {
            checks.required(at + ".name", "must specify a resource name");
        } else if (isOfContainer) {
            ResourceNames.containerFaults(name).forEach(fault -> checks.invalid(at + ".name", name, fault));
        }
        if (isOfContainer) {
            String container = Trees.text(source, "container");
            if (container.isEmpty()) {
                checks.required(at + ".container", "must specify a container");
            } else {
                checks.name(at + ".container", container, NameRule.DNS_LABEL);
            }
        }
        JsonNode target = source.path("target");
        target(at + ".target", target);
        boolean hasAverage = Trees.has(target, "averageValue");
        boolean hasUse = Trees.has(target, "averageUtilization");
        if (!hasUse && !hasAverage) {
            checks.required(
                    at + ".target.averageUtilization", "must set either a target raw value or a target utilization");
        } else if (hasUse && hasAverage) {
            checks.forbidden(at + AVERAGE, "may not set both a target raw value and a target utilization");
        }
    }

    private void identifier(String at, JsonNode source) {
        String name = Trees.text(source, "metric", "name");
        if (name.isEmpty()) {
            checks.required(at + ".metric.name", "must specify a metric name");
        } else {
            checks.name(at + ".metric.name", name, NameRule.PATH_SEGMENT);
        }
    }

    private void target(String at, JsonNode target) {
        String type = Trees.text(target, "type");
        if (type.isEmpty()) {
            checks.required(at + ".type", "must specify a metric target type");
        }
        if (!List.of("Utilization", "Value", "AverageValue").contains(type)) {
            checks.invalid(at + ".type", type, "must be either Utilization, Value, or AverageValue");
        }
        for (String field : List.of("value", "averageValue")) {
            if (amount(target.path(field))
                    .filter(amount -> amount.signum() <= 0)
                    .isPresent()) {
                checks.invalid(at + "." + field, target.path(field), "must be positive");
            }
        }
        checks.positive(at + ".averageUtilization", target.path("averageUtilization"));
    }

    private void rules(String at, ObjectNode rules) {
        long window = Trees.number(rules, 0, "stabilizationWindowSeconds");
        if (window < 0) {
            checks.invalid(at + ".stabilizationWindowSeconds", window, "must be greater than or equal to zero");
        } else if (window > MAX_WINDOW) {
            checks.invalid(at + ".stabilizationWindowSeconds", window, "must be less than or equal to " + MAX_WINDOW);
        }
        checks.anyOf(at + ".selectPolicy", Trees.text(rules, "selectPolicy"), "Disabled", "Max", "Min");
        if (rules.path("policies").isEmpty()) {
            checks.required(at + ".policies", "must specify at least one Policy");
        }
        Trees.each(rules, at, "policies", this::policy);
        if (amount(rules.path("tolerance"))
                .filter(amount -> amount.signum() < 0)
                .isPresent()) {
            checks.invalid(at + ".tolerance", rules.path("tolerance"), "must be greater than or equal to 0");
        }
    }

    private void policy(String at, ObjectNode policy) {
        checks.only(at + ".type", Trees.text(policy, "type"), List.of("Percent", "Pods"));
        for (String field : List.of("value", "periodSeconds")) {
            long number = Trees.number(policy, 0, field);
            if (number <= 0) {
                checks.invalid(at + "." + field, number, "must be greater than zero");
            }
        }
        long period = Trees.number(policy, 0, "periodSeconds");
        if (period > MAX_PERIOD) {
            checks.invalid(at + ".periodSeconds", period, "must be less than or equal to " + MAX_PERIOD);
        }
    }

    private static Optional<Quantity> amount(JsonNode value) {
        return Quantity.find(value.asString(""));
    }
}
