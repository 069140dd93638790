package dev.longshore.apiserver.flow;

import dev.longshore.model.Resource;
import java.util.Optional;
import java.util.OptionalInt;
import tools.jackson.databind.JsonNode;

/// What a PriorityLevelConfiguration asks for.
///
/// @param shares its part of all seats, in relation to those of the others
/// @param lendablePercent of its seats, how many others may use while it does not
/// @param borrowingPercent of its seats, how many more it may use of others'; empty for no limit
/// @param queuing empty when what finds no seat is sent away at once
record PriorityLevel(
        String name,
        String uid,
        boolean isExempt,
        int shares,
        int lendablePercent,
        OptionalInt borrowingPercent,
        Optional<Queuing> queuing) {

    static final String EXEMPT = "exempt";
    static final String CATCH_ALL = "catch-all";

    private static final int DEFAULT_SHARES = 30;

    /// Where requests wait.
    ///
    /// @param hand how many of the queues one flow may use
    /// @param length how many requests wait in one queue
    record Queuing(int queues, int hand, int length) {

        static final int LARGEST_HAND = 15;

        Queuing {
            if (queues < 1 || hand < 1 || length < 1 || hand > queues || hand > LARGEST_HAND) {
                throw new IllegalArgumentException("%d queues, hand %d, length %d".formatted(queues, hand, length));
            }
        }
    }

    static PriorityLevel of(Resource object) {
        boolean isExempt = object.text("spec", "type").equals("Exempt");
        JsonNode part = object.at("spec", isExempt ? "exempt" : "limited");
        JsonNode borrowing = part.path("borrowingLimitPercent");
        JsonNode response = part.path("limitResponse");
        return new PriorityLevel(
                object.name(),
                object.uid(),
                isExempt,
                part.path("nominalConcurrencyShares").asInt(isExempt ? 0 : DEFAULT_SHARES),
                part.path("lendablePercent").asInt(0),
                borrowing.isNumber() ? OptionalInt.of(borrowing.asInt()) : OptionalInt.empty(),
                response.path("type").asString("").equals("Queue")
                        ? Optional.of(queuing(response.path("queuing")))
                        : Optional.empty());
    }

    private static Queuing queuing(JsonNode node) {
        int queues = Math.max(1, node.path("queues").asInt(64));
        int hand = Math.clamp(node.path("handSize").asInt(8), 1, Math.min(queues, Queuing.LARGEST_HAND));
        return new Queuing(
                queues, hand, Math.max(1, node.path("queueLengthLimit").asInt(50)));
    }
}
