package dev.longshore.kinds.admission;

import static dev.longshore.kinds.kit.StrictConfiguration.Type.NUMBER;
import static dev.longshore.kinds.kit.StrictConfiguration.Type.OBJECTS;
import static dev.longshore.kinds.kit.StrictConfiguration.Type.TEXT;

import dev.longshore.kinds.kit.StrictConfiguration;
import dev.longshore.kinds.kit.Trees;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Reads how [EventRateLimit] is configured.
final class EventLimits {

    private static final StrictConfiguration FORM = new StrictConfiguration(
            "Configuration",
            List.of("eventratelimit.admission.k8s.io/v1alpha1"),
            Map.of(
                    "limits", OBJECTS,
                    "limits.type", TEXT,
                    "limits.qps", NUMBER,
                    "limits.burst", NUMBER,
                    "limits.cacheSize", NUMBER));

    private static final List<String> TYPES = List.of("Namespace", "Server", "SourceAndObject", "User");
    private static final int KNOWN = 4096;

    private EventLimits() {}

    /// @param qps how many events a second
    /// @param burst how many at once
    /// @param known of how many keys it is known how many they wrote
    record Limit(String type, long qps, long burst, long known) {}

    /// @throws IllegalArgumentException if it says what cannot be
    static List<Limit> read(JsonNode configuration) {
        List<ObjectNode> found =
                configuration.isMissingNode() ? List.of() : Trees.list(FORM.checked(configuration), "limits");
        if (found.isEmpty()) {
            throw new IllegalArgumentException("limits: Invalid value: null: must not be empty");
        }
        var flaws = new ArrayList<String>();
        var limits = new ArrayList<Limit>();
        for (int i = 0; i < found.size(); i++) {
            ObjectNode tree = found.get(i);
            var limit = new Limit(
                    Trees.text(tree, "type"),
                    Trees.number(tree, 0, "qps"),
                    Trees.number(tree, 0, "burst"),
                    Trees.number(tree, 0, "cacheSize"));
            check(limit, "limits[" + i + "].", flaws);
            limits.add(limit.known == 0 ? new Limit(limit.type, limit.qps, limit.burst, KNOWN) : limit);
        }
        if (!flaws.isEmpty()) {
            throw new IllegalArgumentException(
                    flaws.size() == 1 ? flaws.getFirst() : "[" + String.join(", ", flaws) + "]");
        }
        return limits;
    }

    private static void check(Limit limit, String path, List<String> flaws) {
        if (!TYPES.contains(limit.type)) {
            flaws.add(path + "type: Unsupported value: \"" + limit.type + "\": supported values: \""
                    + String.join("\", \"", TYPES) + "\"");
        }
        if (limit.burst <= 0) {
            flaws.add(path + "burst: Invalid value: " + limit.burst + ": must be positive");
        }
        if (limit.qps <= 0) {
            flaws.add(path + "qps: Invalid value: " + limit.qps + ": must be positive");
        }
        if (!limit.type.equals("Server") && limit.known < 0) {
            flaws.add(path + "cacheSize: Invalid value: " + limit.known + ": must not be negative");
        }
    }
}
