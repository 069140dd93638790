package dev.longshore.kinds.pods;

import dev.longshore.kinds.kit.Checks;
import dev.longshore.kinds.kit.ResourceNames;
import dev.longshore.kinds.kit.Selectors;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.NameRule;
import dev.longshore.model.Quantity;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What requests and limits must be like.
public record ResourceChecks(Checks checks, String path) {

    /// Checks the `requests`, `limits` and `claims` of a container.
    void container(JsonNode resources, Set<String> claims) {
        amounts(resources, ResourceNames::containerFaults);
        claims(resources.path("claims"), claims);
    }

    /// Checks the `requests` and `limits` of a whole pod.
    void pod(JsonNode resources) {
        if (Trees.has(resources, "claims")) {
            checks.forbidden(path + ".claims", "claims cannot be set for Resources at pod-level");
        }
        amounts(resources, name -> List.of());
        for (String list : List.of("limits", "requests")) {
            resources.path(list).propertyNames().forEach(name -> podName(path + "." + list + "[" + name + "]", name));
        }
    }

    private void podName(String at, String name) {
        List<String> faults = ResourceNames.faults(name);
        faults.forEach(fault -> checks.invalid(at, name, fault));
        if (faults.isEmpty() && !ResourceNames.isOfPods(name)) {
            checks.unsupported(at, name, "cpu", "hugepages-", "memory");
        }
    }

    @FunctionalInterface
    private interface NameFaults {
        List<String> of(String name);
    }

    private void amounts(JsonNode resources, NameFaults faults) {
        JsonNode limits = resources.path("limits");
        JsonNode requests = resources.path("requests");
        limits.properties().forEach(limit -> one(path + ".limits", limit.getKey(), limit.getValue(), faults));
        requests.properties().forEach(request -> {
            one(path + ".requests", request.getKey(), request.getValue(), faults);
            compare(request.getKey(), request.getValue(), limits.path(request.getKey()));
        });
        boolean isHuge = names(limits, requests).stream().anyMatch(ResourceNames::isHugePages);
        boolean isComputing =
                names(limits, requests).stream().anyMatch(name -> name.equals("cpu") || name.equals("memory"));
        if (isHuge && !isComputing) {
            checks.forbidden(path, "HugePages require cpu or memory");
        }
    }

    private static Set<String> names(JsonNode limits, JsonNode requests) {
        var names = new HashSet<>(limits.propertyNames());
        names.addAll(requests.propertyNames());
        return names;
    }

    private void one(String list, String name, JsonNode value, NameFaults faults) {
        String at = list + "[" + name + "]";
        faults.of(name).forEach(fault -> checks.invalid(at, name, fault));
        amount(checks, at, value, name);
        if (ResourceNames.isHugePages(name)) {
            find(value)
                    .filter(amount -> !ResourceNames.isDivisible(name, amount))
                    .ifPresent(amount -> checks.invalid(
                            at, amount.toString(), amount + " is not positive integer multiple of " + name));
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
        Optional<Quantity> quantity = find(value);
        if (quantity.isEmpty()) {
            checks.invalid(
                    path,
                    value,
                    "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'");
            return;
        }
        if (quantity.get().signum() < 0) {
            checks.invalid(path, value.asString(""), "must be greater than or equal to 0");
        }
        if (ResourceNames.isInteger(resource) && !quantity.get().isWhole()) {
            checks.invalid(path, value, "must be an integer");
        }
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
    static void overhead(Checks checks, String path, JsonNode amounts) {
        if (amounts instanceof ObjectNode limits) {
            new ResourceChecks(checks, path)
                    .amounts(limits.objectNode().set("limits", limits), ResourceNames::containerFaults);
        }
    }

    /// Checks the key of a resource's name alone.
    static void name(Checks checks, String path, String name) {
        Selectors.checkKey(checks, path, name);
    }
}
