package dev.longshore.apiserver.custom;

import dev.longshore.model.Resource;
import dev.longshore.model.Times;
import java.time.Instant;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The conditions in the status of a CustomResourceDefinition, read and written in place. Not thread-safe.
///
/// @param object the definition
/// @param now when a condition that changes its status does so
public record Conditions(Resource object, Instant now) {

    /// All its names are its own.
    public static final String NAMES_ACCEPTED = "NamesAccepted";
    /// Its resources are served.
    public static final String ESTABLISHED = "Established";
    /// It is being deleted, and its resources with it.
    public static final String TERMINATING = "Terminating";
    /// Whether Kubernetes' community agreed to a definition in one of its groups.
    public static final String CONFORMANT = "KubernetesAPIApprovalPolicyConformant";

    /// The condition of `type`, if there is one.
    public static Optional<ObjectNode> find(Resource object, String type) {
        for (JsonNode condition : object.at("status", "conditions")) {
            if (condition instanceof ObjectNode found
                    && found.path("type").asString("").equals(type)) {
                return Optional.of(found);
            }
        }
        return Optional.empty();
    }

    /// Whether the condition of `type` holds.
    public static boolean holds(Resource object, String type) {
        return find(object, type)
                .filter(condition -> condition.path("status").asString("").equals("True"))
                .isPresent();
    }

    /// Sets the condition of `type`; its time changes only with its status.
    void set(String type, boolean isTrue, String reason, String message) {
        String status = isTrue ? "True" : "False";
        Optional<ObjectNode> known = find(object, type);
        ObjectNode condition = known.orElseGet(() -> list().addObject());
        boolean isSame = condition.path("status").asString("").equals(status)
                && condition.path("lastTransitionTime").isString();
        if (!isSame) {
            condition.put("lastTransitionTime", Times.print(now));
        }
        condition.put("message", message).put("reason", reason);
        condition.put("status", status).put("type", type);
    }

    private ArrayNode list() {
        ObjectNode status = object.object("status");
        return status.get("conditions") instanceof ArrayNode list ? list : status.putArray("conditions");
    }
}
