package dev.longshore.kinds.machinery;

import dev.longshore.kinds.kit.Checks;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.Quantity;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// How much of a shared capacity a request may take: one of some values, or a range with steps; and what it takes
/// when it does not say, which must be one of them.
final class CapacityPolicies {

    private static final int MAX_VALUES = 10;
    private static final Quantity MOST = Quantity.of(Long.MAX_VALUE);

    private CapacityPolicies() {}

    static void check(Checks checks, String path, JsonNode capacity) {
        JsonNode policy = capacity.path("requestPolicy");
        Quantity most = amount(capacity, "value").orElse(Quantity.ZERO);
        Optional<Quantity> standard = amount(policy, "default");
        boolean hasValues = !policy.path("validValues").isEmpty();
        boolean hasRange = Trees.has(policy, "validRange");
        if (hasValues && hasRange) {
            checks.forbidden(
                    path,
                    "exactly one policy can be specified, cannot specify \"validValues\" and \"validRange\" at the same"
                            + " time");
        } else if (hasValues) {
            standard.ifPresentOrElse(
                    usual -> values(checks, path + ".validValues", amounts(policy), usual, most),
                    () -> checks.required(path + ".default", "required when validValues is defined"));
        } else if (hasRange) {
            standard.ifPresentOrElse(
                    usual -> range(checks, path + ".validRange", policy.path("validRange"), usual, most),
                    () -> checks.required(path + ".default", "required when validRange is defined"));
        }
    }

    private static Optional<Quantity> amount(JsonNode owner, String field) {
        return Trees.has(owner, field) ? Quantity.find(owner.path(field).asString("")) : Optional.empty();
    }

    private static List<Quantity> amounts(JsonNode policy) {
        return policy.path("validValues")
                .valueStream()
                .map(value -> Quantity.find(value.asString("")).orElse(Quantity.ZERO))
                .toList();
    }

    private static void values(Checks checks, String path, List<Quantity> values, Quantity standard, Quantity most) {
        for (int i = 1; i < values.size(); i++) {
            if (values.get(i - 1).compareTo(values.get(i)) > 0) {
                checks.invalid(
                        path + "[" + i + "]", values.get(i).toString(), "values must be sorted in ascending order");
            }
        }
        if (!checks.tooMany(path, values.size(), MAX_VALUES)) {
            for (int i = 0; i < values.size(); i++) {
                if (values.get(i).compareTo(most) > 0) {
                    checks.invalid(
                            path + "[" + i + "]",
                            values.get(i).toString(),
                            "option is larger than capacity value: " + most);
                }
            }
            // Two that differ by less than one are the same to the original.
            DeviceNames.unique(
                    checks,
                    path,
                    values.stream().map(value -> Long.toString(value.units())).toList());
        }
        if (values.size() > MAX_VALUES || !values.contains(standard)) {
            checks.invalid(path, standard.toString(), "default value is not valid according to the requestPolicy");
        }
    }

    private static void range(Checks checks, String path, JsonNode range, Quantity standard, Quantity most) {
        Optional<Quantity> given = amount(range, "min");
        if (given.isEmpty()) {
            checks.required(path + ".min", "required when validRange is defined");
            return;
        }
        Quantity min = given.get();
        if (min.compareTo(most) > 0) {
            checks.invalid(path + ".min", min.toString(), "min is larger than capacity value: " + most);
        }
        if (standard.compareTo(min) < 0) {
            checks.invalid(path + ".default", standard.toString(), "default is less than min: " + min);
        }
        Optional<Quantity> max = amount(range, "max");
        max.ifPresent(highest -> {
            if (min.compareTo(highest) > 0) {
                checks.invalid(path + ".max", min.toString(), "min is larger than max: " + highest);
            }
            if (highest.compareTo(most) > 0) {
                checks.invalid(path + ".max", highest.toString(), "max is larger than capacity value: " + most);
            }
            if (standard.compareTo(highest) > 0) {
                checks.invalid(path + ".default", standard.toString(), "default is more than max: " + highest);
            }
        });
        amount(range, "step").ifPresent(step -> steps(checks, path, new Steps(standard, min, max, step), most));
    }

    /// What must lie on steps from the lowest amount.
    private record Steps(Quantity standard, Quantity min, Optional<Quantity> max, Quantity step) {}

    private static void steps(Checks checks, String path, Steps steps, Quantity most) {
        String at = path + ".step";
        Quantity step = steps.step();
        if (step.signum() <= 0) {
            checks.invalid(at, step.toString(), "must be greater than zero");
            return;
        }
        Quantity second = steps.min().plus(step);
        if (second.compareTo(most) > 0) {
            checks.invalid(at, step.toString(), "one step " + second + " is larger than capacity value: " + most);
        }
        int before = checks.count();
        countable(checks, path + ".default", steps.standard());
        countable(checks, path + ".min", steps.min());
        steps.max().ifPresent(max -> countable(checks, path + ".max", max));
        countable(checks, at, step);
        if (checks.count() > before) {
            return;
        }
        var placed = new ArrayList<Quantity>();
        placed.add(steps.standard());
        steps.max().ifPresent(placed::add);
        for (Quantity value : placed) {
            if (!isOnStep(value, steps)) {
                checks.invalid(
                        at,
                        value.toString(),
                        "value is not a multiple of a given step (" + step + ") from (" + steps.min() + ")");
            }
        }
    }

    private static void countable(Checks checks, String path, Quantity value) {
        if (value.signum() < 0) {
            checks.invalid(path, value.toString(), "must be greater than or equal to 0");
        } else if (value.compareTo(MOST) > 0) {
            checks.invalid(path, value.toString(), "must not be larger than " + Long.MAX_VALUE);
        }
    }

    private static boolean isOnStep(Quantity value, Steps steps) {
        return BigInteger.valueOf(value.units())
                        .subtract(BigInteger.valueOf(steps.min().units()))
                        .mod(BigInteger.valueOf(steps.step().units()))
                        .signum()
                == 0;
    }
}
