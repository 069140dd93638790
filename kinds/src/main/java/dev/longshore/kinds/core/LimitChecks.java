package dev.longshore.kinds.core;

import dev.longshore.kinds.kit.Checks;
import dev.longshore.kinds.kit.ResourceNames;
import dev.longshore.kinds.kit.Selectors;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.Quantity;
import java.math.BigDecimal;
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
    private static final List<String> BOUNDS = MAPS.subList(0, MAPS.size() - 1);
    private static final double MILLI = 1000;
    private static final long MAX_MILLI = Long.MAX_VALUE / 1000;
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
        for (String map : MAPS) {
            if (isIgnored(map)) {
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

    /// Pods as a whole get nothing by default.
    private boolean isIgnored(String map) {
        return type.equals("Pod") && map.startsWith("default");
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
        BOUNDS.stream()
                .filter(map -> !isIgnored(map))
                .forEach(map -> names.addAll(item.path(map).propertyNames()));
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
        // Of these two the other value is shown, as in the original.
        ordered(name, "min", "default", "default", "min", "min value %s is greater than default value %s");
        ordered(name, "default", "max", "default", "max", "default value %s is greater than max value %s");
        amount("maxLimitRequestRatio", name).ifPresent(ratio -> ratio(name, ratio));
        equal(name);
    }

    private void ordered(String name, String lower, String upper, String blamed, String message) {
        ordered(name, lower, upper, blamed, blamed, message);
    }

    private void ordered(String name, String lower, String upper, String blamed, String shown, String message) {
        Optional<Quantity> less = amount(lower, name);
        Optional<Quantity> more = amount(upper, name);
        if (less.isPresent() && more.isPresent() && less.get().compareTo(more.get()) > 0) {
            checks.invalid(
                    at(blamed, name),
                    item.path(shown).path(name),
                    message.formatted(less.get().toString(), more.get().toString()));
        }
    }

    private void ratio(String name, Quantity ratio) {
        JsonNode shown = item.path("maxLimitRequestRatio").path(name);
        if (ratio.decimal().compareTo(BigDecimal.ONE) < 0) {
            checks.invalid(at("maxLimitRequestRatio", name), shown, "ratio " + ratio + " is less than 1");
        }
        Optional<Quantity> least = amount("min", name);
        Optional<Quantity> most = amount("max", name);
        if (least.isEmpty() || most.isEmpty()) {
            return;
        }
        boolean isFine =
                List.of(ratio, least.get(), most.get()).stream().allMatch(amount -> amount.units() < MAX_MILLI);
        double narrow = isFine ? ratio.milli() / MILLI : ratio.units();
        double widest = isFine
                ? (double) most.get().milli() / least.get().milli()
                : (double) most.get().units() / least.get().units();
        if (narrow > widest) {
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
        return isIgnored(map)
                ? Optional.empty()
                : Quantity.find(item.path(map).path(name).asString(""));
    }
}
