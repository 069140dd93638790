package dev.longshore.kinds.pods;

import dev.longshore.kinds.kit.Checks;
import dev.longshore.kinds.kit.Selectors;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.Quantity;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What requests and limits must be like.
public record ResourceChecks(Checks checks, String path) {

    private static final Set<String> STANDARD = Set.of("cpu", "memory", "ephemeral-storage");

    /// Checks the `requests` and `limits` in `resources`.
    public void check(JsonNode resources) {
        amounts(path + ".limits", resources.path("limits"));
        amounts(path + ".requests", resources.path("requests"));
        resources.path("requests").properties().forEach(request -> {
            Optional<Quantity> asked = Quantity.find(request.getValue().asString(""));
            Optional<Quantity> limit = Quantity.find(
                    Trees.at(resources, "limits", request.getKey()).asString(""));
            String name = request.getKey();
            if (asked.isPresent() && limit.isPresent() && asked.get().compareTo(limit.get()) > 0) {
                checks.invalid(
                        path + ".requests",
                        asked.get().toString(),
                        "must be less than or equal to " + name + " limit of " + limit.get());
            } else if (!mayOvercommit(name) && (limit.isEmpty() || !limit.equals(asked))) {
                checks.invalid(
                        path + ".requests",
                        request.getValue().asString(""),
                        "must be equal to " + name + " limit of " + limit.orElse(Quantity.ZERO));
            }
        });
    }

    private static boolean mayOvercommit(String name) {
        return !name.contains("/") && !name.startsWith("hugepages-");
    }

    private void amounts(String at, JsonNode amounts) {
        if (!(amounts instanceof ObjectNode object)) {
            return;
        }
        object.properties().forEach(entry -> {
            String name = entry.getKey();
            String shown = at + "[" + name + "]";
            if (!name.contains("/") && !STANDARD.contains(name) && !name.startsWith("hugepages-")) {
                checks.invalid(at + "[" + name + "]", name, "must be a standard resource for containers");
            } else {
                Selectors.checkKey(checks, shown, name);
            }
            amount(checks, shown, entry.getValue(), name);
        });
    }

    /// One amount, which must be a quantity and not negative; whole, if it is of something that cannot be
    /// divided.
    public static void amount(Checks checks, String path, JsonNode value, String resource) {
        Optional<Quantity> quantity = Quantity.find(value.asString(""));
        if (quantity.isEmpty()) {
            checks.invalid(
                    path,
                    value,
                    "quantities must match the regular expression" + " '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'");
        } else if (quantity.get().signum() < 0) {
            checks.invalid(path, value.asString(""), "must be greater than or equal to 0");
        } else if (resource.contains("/") && !quantity.get().isWhole()) {
            checks.invalid(path, value, "must be an integer");
        }
    }
}
