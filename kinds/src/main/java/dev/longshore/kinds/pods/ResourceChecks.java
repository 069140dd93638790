package dev.longshore.kinds.pods;

import dev.longshore.kinds.kit.Checks;
import dev.longshore.kinds.kit.ResourceNames;
import dev.longshore.kinds.kit.Selectors;
import dev.longshore.kinds.kit.Tightened;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.NameRule;
import dev.longshore.model.Quantity;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What requests and limits must be like.
public record ResourceChecks(Checks checks, String path) {

    /// Checks the `requests`, `limits` and `claims` of a container.
    void container(JsonNode resources, Set<String> claims) {
        amounts(resources, this::containerName);
        claims(resources.path("claims"), claims);
    }

    /// Checks the `requests` and `limits` of a whole pod.
    void pod(JsonNode resources, Set<String> claims) {
        if (Trees.has(resources, "claims")) {
            checks.forbidden(path + ".claims", "claims may not be set for Resources at pod-level");
        }
        amounts(resources, this::podName);
        claims(resources.path("claims"), claims);
    }

    private void containerName(String at, String name) {
        ResourceNames.containerFaults(name).forEach(fault -> checks.invalid(at, name, fault));
    }

    private void podName(String at, String name) {
        List<String> faults = ResourceNames.faults(name);
        faults.forEach(fault -> checks.invalid(at, name, fault));
        if (faults.isEmpty() && !ResourceNames.isOfPods(name)) {
            checks.unsupported(at, name, "cpu", "hugepages-", "memory");
        }
    }

    private void amounts(JsonNode resources, BiConsumer<String, String> names) {
        JsonNode limits = resources.path("limits");
        JsonNode requests = resources.path("requests");
        limits.properties().forEach(limit -> one(path + ".limits", limit.getKey(), limit.getValue(), names));
        requests.properties().forEach(request -> {
            one(path + ".requests", request.getKey(), request.getValue(), names);
            compare(request.getKey(), request.getValue(), limits.path(request.getKey()));
        });
        boolean isHuge = all(limits, requests).stream().anyMatch(ResourceNames::isHugePages);
        boolean isComputing =
                all(limits, requests).stream().anyMatch(name -> name.equals("cpu") || name.equals("memory"));
        if (isHuge && !isComputing) {
            checks.forbidden(path, "HugePages require cpu or memory");
        }
    }

    private static Set<String> all(JsonNode limits, JsonNode requests) {
        var names = new HashSet<>(limits.propertyNames());
        names.addAll(requests.propertyNames());
        return names;
    }

    private void one(String list, String name, JsonNode value, BiConsumer<String, String> names) {
        String at = list + "[" + name + "]";
        names.accept(at, name);
        amount(checks, at, value, name);
        if (ResourceNames.isHugePages(name)) {
            checks.under(
                    Tightened.HUGE_PAGES,
                    () -> find(value)
                            .filter(amount -> !ResourceNames.isDivisible(name, amount))
                            .ifPresent(amount -> checks.invalid(
                                    at, amount.toString(), amount + " is not positive integer multiple of " + name)));
        }
    }

    private void compare(String name, JsonNode request, JsonNode limit) {
        Optional<Quantity> asked = find(request);
        Optional<Quantity> most = find(limit);
        boolean isExact = !ResourceNames.mayOvercommit(name);
        if (most.isEmpty()) {
            if (isExact && limit.isMissingNode()) {
                checks.required(path + ".limits", "Limit must be set for non overcommitable resources");
            }
        } else if (asked.isPresent()) {
            String shown = asked.get().toString();
            int order = asked.get().compareTo(most.get());
            if (isExact && order != 0) {
                checks.invalid(path + ".requests", shown, "must be equal to " + name + " limit of " + most.get());
            } else if (order > 0) {
                checks.invalid(
                        path + ".requests", shown, "must be less than or equal to " + name + " limit of " + most.get());
            }
        }
    }

    private void claims(JsonNode claims, Set<String> known) {
        var seen = new HashSet<String>();
        for (int i = 0; i < claims.size(); i++) {
            String at = path + ".claims[" + i + "]";
            String name = Trees.text(claims.get(i), "name");
            if (!checks.requiredText(at, name)) {
                continue;
            }
            repeated(at, name, Trees.text(claims.get(i), "request"), seen);
            if (!known.contains(name)) {
                checks.notFound(
                        at,
                        name,
                        "must be one of the names in pod.spec.resourceClaims"
                                + (known.isEmpty()
                                        ? " which is empty"
                                        : ": " + String.join(", ", new TreeSet<>(known))));
            }
        }
    }

    /// A claim is named once as a whole, or once for each of its requests.
    private void repeated(String at, String name, String request, Set<String> seen) {
        if (seen.contains(name)) {
            checks.duplicate(at, name);
            return;
        }
        String key = request.isEmpty() ? name : name + "/" + request;
        if (!request.isEmpty()) {
            checks.name(at + ".request", request, NameRule.DNS_LABEL);
        }
        if (seen.contains(key)) {
            checks.duplicate(at, key);
        } else if (request.isEmpty()) {
            seen.stream().filter(one -> one.startsWith(name + "/")).forEach(one -> checks.duplicate(at, name));
        }
        seen.add(key);
    }

    private static Optional<Quantity> find(JsonNode value) {
        return Quantity.find(value.asString(""));
    }

    /// One amount, which must be a quantity and not negative; whole, if it is of something that cannot be
    /// divided.
    public static void amount(Checks checks, String path, JsonNode value, String resource) {
        Quantity quantity;
        try {
            quantity = Quantity.parse(value.asString(""));
        } catch (IllegalArgumentException none) {
            checks.invalid(path, value, none.getMessage());
            return;
        }
        if (quantity.signum() < 0) {
            checks.invalid(path, quantity.toString(), "must be greater than or equal to 0");
        }
        if (ResourceNames.isInteger(resource) && !quantity.isWhole()) {
            checks.invalid(path, value, "must be an integer");
        }
    }

    /// One amount of no resource that is known, which may not be negative.
    public static boolean basic(Checks checks, String path, JsonNode value) {
        Optional<Quantity> quantity = find(value).filter(amount -> amount.signum() < 0);
        quantity.ifPresent(amount -> checks.invalid(path, amount.units(), "must be a valid resource quantity"));
        return quantity.isEmpty();
    }

    /// One amount, which must be more than nothing.
    public static boolean positive(Checks checks, String path, JsonNode value) {
        Optional<Quantity> quantity = find(value);
        if (quantity.filter(amount -> amount.signum() <= 0).isPresent()) {
            checks.invalid(path, quantity.get().toString(), "must be greater than zero");
            return false;
        }
        return true;
    }

    /// Checks a map of amounts whose names containers may use, as a pod's overhead.
    public static void overhead(Checks checks, String path, JsonNode amounts) {
        if (amounts instanceof ObjectNode limits) {
            var own = new ResourceChecks(checks, path);
            own.amounts(limits.objectNode().set("limits", limits), own::containerName);
        }
    }

    /// Checks the key of a resource's name alone.
    public static void name(Checks checks, String path, String name) {
        Selectors.checkKey(checks, path, name);
    }
}
