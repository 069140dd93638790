package dev.longshore.kinds.machinery;

import dev.longshore.base.Json;
import dev.longshore.kinds.kit.Checks;
import dev.longshore.kinds.kit.InnerTypes;
import dev.longshore.kinds.kit.Trees;
import java.util.HashSet;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What a PriorityLevelConfiguration may not say.
final class PriorityLevelChecks {

    private static final long MAX_QUEUES = 10_000_000;
    private static final int MAX_HASH_BITS = 60;
    /// How a version that is gone told zero shares from none said.
    private static final String KEPT_ZERO = "flowcontrol.k8s.io/preserve-zero-concurrency-shares";

    private static final String EXEMPT = "exempt";
    private static final JsonNode CATCH_ALL = Json.parse("""
            {"type":"Limited","limited":{"nominalConcurrencyShares":5,"limitResponse":{"type":"Reject"},"lendablePercent":0}}
            """);

    private PriorityLevelChecks() {}

    static void check(Checks checks, ObjectNode object) {
        String name = Trees.text(object, "metadata", "name");
        if (Trees.texts(object, "metadata", "annotations").containsKey(KEPT_ZERO)) {
            checks.forbidden("metadata.annotations", "annotation '" + KEPT_ZERO + "' is forbidden");
        }
        JsonNode spec = object.path("spec");
        String type = Trees.text(spec, "type");
        if (name.equals(EXEMPT) != type.equals("Exempt")) {
            checks.invalid("spec.type", type, "must be 'Exempt' if and only if `name` is 'exempt'");
        }
        switch (type) {
            case "Exempt" -> exempt(checks, spec);
            case "Limited" -> limited(checks, spec);
            default -> checks.only("spec.type", type, List.of("Exempt", "Limited"));
        }
        String changed = "";
        if (name.equals("catch-all") && !spec.equals(CATCH_ALL)) {
            changed = "spec of 'catch-all' must equal the fixed value";
        }
        if (name.equals(EXEMPT) && (!type.equals("Exempt") || Trees.has(spec, "limited"))) {
            changed = "spec of 'exempt' except the 'spec.exempt' field must equal the fixed value";
        }
        if (!changed.isEmpty()) {
            checks.invalid("spec", InnerTypes.of("PriorityLevelConfigurationSpec", spec), changed);
        }
        status(checks, object);
    }

    private static void exempt(Checks checks, JsonNode spec) {
        if (Trees.has(spec, "limited")) {
            checks.forbidden("spec.limited", "must be nil if the type is not Limited");
        }
        shares(checks, "spec.exempt", spec.path(EXEMPT));
        lendable(checks, "spec.exempt", spec.path(EXEMPT));
    }

    private static void limited(Checks checks, JsonNode spec) {
        if (Trees.has(spec, EXEMPT)) {
            checks.forbidden("spec.exempt", "must be nil if the type is Limited");
        }
        if (!Trees.has(spec, "limited")) {
            checks.required("spec.limited", "must not be empty when type is Limited");
            return;
        }
        JsonNode limited = spec.path("limited");
        shares(checks, "spec.limited", limited);
        response(checks, limited.path("limitResponse"));
        lendable(checks, "spec.limited", limited);
        JsonNode borrowing = limited.path("borrowingLimitPercent");
        if (borrowing.isNumber() && borrowing.asLong() < 0) {
            checks.invalid(
                    "spec.limited.borrowingLimitPercent",
                    borrowing.asLong(),
                    "if specified, must be a non-negative integer");
        }
    }

    private static void shares(Checks checks, String path, JsonNode level) {
        long shares = Trees.number(level, 0, "nominalConcurrencyShares");
        if (shares < 0) {
            checks.invalid(path + ".nominalConcurrencyShares", shares, "must be a non-negative integer");
        }
    }

    private static void lendable(Checks checks, String path, JsonNode level) {
        long lendable = Trees.number(level, 0, "lendablePercent");
        if (lendable < 0 || lendable > 100) {
            checks.invalid(path + ".lendablePercent", lendable, "must be between 0 and 100, inclusive");
        }
    }

    private static void response(Checks checks, JsonNode response) {
        String path = "spec.limited.limitResponse";
        String type = Trees.text(response, "type");
        boolean hasQueuing = Trees.has(response, "queuing");
        switch (type) {
            case "Reject" -> {
                if (hasQueuing) {
                    checks.forbidden(path + ".queuing", "must be nil if limited.limitResponse.type is not Limited");
                }
            }
            case "Queue" -> {
                if (hasQueuing) {
                    queuing(checks, path + ".queuing", response.path("queuing"));
                } else {
                    checks.required(path + ".queuing", "must not be empty if limited.limitResponse.type is Limited");
                }
            }
            default -> checks.only(path + ".type", type, List.of("Queue", "Reject"));
        }
    }

    private static void queuing(Checks checks, String path, JsonNode queuing) {
        long limit = Trees.number(queuing, 0, "queueLengthLimit");
        long queues = Trees.number(queuing, 0, "queues");
        long hand = Trees.number(queuing, 0, "handSize");
        if (limit <= 0) {
            checks.invalid(path + ".queueLengthLimit", limit, "must be positive");
        }
        if (queues <= 0) {
            checks.invalid(path + ".queues", queues, "must be positive");
        } else if (queues > MAX_QUEUES) {
            checks.invalid(path + ".queues", queues, "must not be greater than " + MAX_QUEUES);
        }
        if (hand <= 0) {
            checks.invalid(path + ".handSize", hand, "must be positive");
        } else if (hand > queues) {
            checks.invalid(path + ".handSize", hand, "should not be greater than queues (" + queues + ")");
        } else if (Math.ceil(Math.log(queues) / Math.log(2) * hand) > MAX_HASH_BITS) {
            checks.invalid(
                    path + ".handSize",
                    hand,
                    "required entropy bits of deckSize " + queues + " and handSize " + hand
                            + " should not be greater than " + MAX_HASH_BITS);
        }
    }

    /// Of flow schemas, too.
    static void status(Checks checks, ObjectNode object) {
        var types = new HashSet<String>();
        int index = 0;
        for (ObjectNode condition : Trees.list(object, "status", "conditions")) {
            String path = "status.conditions[" + index++ + "].type";
            String type = Trees.text(condition, "type");
            if (!types.add(type)) {
                checks.duplicate(path, type);
            }
            if (type.isEmpty()) {
                checks.required(path);
            }
        }
    }
}
