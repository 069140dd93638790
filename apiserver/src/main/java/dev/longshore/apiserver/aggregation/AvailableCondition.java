package dev.longshore.apiserver.aggregation;

import dev.longshore.model.Resource;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// Whether requests can be led to who serves an APIService, as its status says it.
record AvailableCondition(String status, String reason, String message) {

    static final AvailableCondition LOCAL =
            new AvailableCondition("True", "Local", "Local APIServices are always available");
    static final AvailableCondition PASSED = new AvailableCondition("True", "Passed", "all checks passed");

    private static final String TYPE = "Available";

    static AvailableCondition failed(String reason, String message) {
        return new AvailableCondition("False", reason, message);
    }

    static boolean isTrue(Resource object) {
        return of(object)
                .map(condition -> condition.path("status").asString("").equals("True"))
                .orElse(false);
    }

    boolean isAvailable() {
        return status.equals("True");
    }

    boolean isToldBy(Resource object) {
        return of(object)
                .map(told -> told.path("status").asString("").equals(status)
                        && told.path("reason").asString("").equals(reason)
                        && told.path("message").asString("").equals(message))
                .orElse(false);
    }

    /// Writes it into `object`; the time of the last transition changes with the status only.
    void tell(Resource object, Instant now) {
        Optional<ObjectNode> known = of(object);
        ObjectNode condition = known.orElseGet(() -> {
            ObjectNode status = object.object("status");
            return (status.get("conditions") instanceof tools.jackson.databind.node.ArrayNode list
                            ? list
                            : status.putArray("conditions"))
                    .addObject();
        });
        boolean isTransition = !condition.path("status").asString("").equals(status);
        condition.put("type", TYPE).put("status", status);
        if (isTransition) {
            condition.put(
                    "lastTransitionTime", now.truncatedTo(ChronoUnit.SECONDS).toString());
        }
        condition.put("reason", reason).put("message", message);
    }

    private static Optional<ObjectNode> of(Resource object) {
        var conditions = new ArrayList<ObjectNode>();
        object.at("status", "conditions").forEach(node -> {
            if (node instanceof ObjectNode condition
                    && condition.path("type").asString("").equals(TYPE)) {
                conditions.add(condition);
            }
        });
        return conditions.stream().findFirst();
    }
}
