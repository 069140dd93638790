package dev.longshore.kinds.core;

import dev.longshore.kinds.kit.Checks;
import dev.longshore.kinds.kit.ResourceNames;
import dev.longshore.kinds.kit.Selectors;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.Quantity;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What ranges of limits must be like: names that fit what is limited, and numbers in their order.
final class LimitChecks {

    private static final List<String> MAPS = List.of("max", "min", "default", "defaultRequest", "maxLimitRequestRatio");
    private static final Set<String> TYPES = Set.of("Pod", "Container", "PersistentVolumeClaim");

    private final Checks checks;
    private final String path;
    private final ObjectNode item;
    private final String type;

    private LimitChecks(Checks checks, String path, ObjectNode item) {
        this.checks = checks;
        this.path = path;
        this.item = item;
        this.type = Trees.text(item, "type");
    }

    static void check(Checks checks, ObjectNode range) {
        var types = new HashSet<String>();
        Trees.each(range.path("spec"), "spec", "limits", (at, item) -> {
            var limit = new LimitChecks(checks, at, item);
            limit.type();
            if (!types.add(limit.type)) {
                checks.duplicate(at + ".type", limit.type);
            }
            limit.names();
            limit.amounts();
        });
    }

    private void type() {
        int before = checks.count();
        Selectors.checkKey(checks, path + ".type", type);
        if (checks.count() == before && !type.contains("/") && !TYPES.contains(type)) {
            checks.invalid(path + ".type", type, "must be a standard limit type or fully qualified");
        }
    }

    private void names() {
        boolean isOfPods = type.equals("Pod");
        for (String map : MAPS) {
            if (isOfPods && map.startsWith("default")) {
                if (!item.path(map).isEmpty()) {
                    checks.forbidden(path + "." + map, "may not be specified when `type` is 'Pod'");
                }
            } else {
                item.path(map).propertyNames().forEach(name -> name(path + "." + map + "[" + name + "]", name));
            }
            if (map.equals("defaultRequest")) {
                claim();
            }
        }
    }

    private void claim() {
        if (type.equals("PersistentVolumeClaim")
                && !Trees.has(item, "min", "storage")
                && !Trees.has(item, "max", "storage")) {
            checks.required(
                    path + ".limits", "either minimum or maximum storage value is required, but neither was provided");
        }
    }

    private void name(String at, String name) {
        Function<String, List<String>> rule =
                type.equals("Pod") || type.equals("Container") ? ResourceNames::containerFaults : ResourceNames::faults;
        rule.apply(name).forEach(fault -> checks.invalid(at, name, fault));
    }

    private void amounts() {
        var names = new LinkedHashSet<String>();
        MAPS.forEach(map -> names.addAll(item.path(map).propertyNames()));
        names.forEach(this::amounts);
    }

    private void amounts(String name) {
        ordered(name, "min", "max", "min", "min value %s is greater than max value %s");
        ordered(
                name,
                "min",
                "defaultRequest",
                "defaultRequest",
                "min value %s is greater than default request value %s");
        ordered(
                name,
                "defaultRequest",
                "max",
                "defaultRequest",
                "default request value %s is greater than max value %s");
        ordered(
                name,
                "defaultRequest",
                "default",
                "defaultRequest",
                "default request value %s is greater than default limit value %s");
        ordered(name, "min", "default", "default", "min value %s is greater than default value %s");
        ordered(name, "default", "max", "default", "default value %s is greater than max value %s");
        amount("maxLimitRequestRatio", name).ifPresent(ratio -> ratio(name, ratio));
        equal(name);
    }

    private void ordered(String name, String lower, String upper, String blamed, String message) {
        Optional<Quantity> less = amount(lower, name);
        Optional<Quantity> more = amount(upper, name);
        if (less.isPresent() && more.isPresent() && less.get().compareTo(more.get()) > 0) {
            checks.invalid(
                    at(blamed, name),
                    item.path(blamed).path(name),
                    message.formatted(less.get().toString(), more.get().toString()));
        }
    }

    private void ratio(String name, Quantity ratio) {
        JsonNode shown = item.path("maxLimitRequestRatio").path(name);
        if (ratio.decimal().compareTo(BigDecimal.ONE) < 0) {
            checks.invalid(at("maxLimitRequestRatio", name), shown, "ratio " + ratio + " is less than 1");
        }
        Optional<Quantity> least = amount("min", name).filter(amount -> amount.signum() != 0);
        Optional<Quantity> most = amount("max", name);
        if (least.isEmpty() || most.isEmpty()) {
            return;
        }
        BigDecimal widest = most.get().decimal().divide(least.get().decimal(), MathContext.DECIMAL64);
        if (ratio.decimal().compareTo(widest) > 0) {
            checks.invalid(
                    at("maxLimitRequestRatio", name),
                    shown,
                    String.format(Locale.ROOT, "ratio %s is greater than max/min = %f", ratio, widest));
        }
    }

    private void equal(String name) {
        Optional<Quantity> limit = amount("default", name);
        Optional<Quantity> request = amount("defaultRequest", name);
        if (!ResourceNames.mayOvercommit(name)
                && limit.isPresent()
                && request.isPresent()
                && limit.get().compareTo(request.get()) != 0) {
            checks.invalid(
                    at("defaultRequest", name),
                    item.path("defaultRequest").path(name),
                    "default value " + limit.get() + " must equal to defaultRequest value " + request.get() + " in "
                            + name);
        }
    }

    private String at(String map, String name) {
        return path + "." + map + "[" + name + "]";
    }

    private Optional<Quantity> amount(String map, String name) {
        return Quantity.find(item.path(map).path(name).asString(""));
    }
}
