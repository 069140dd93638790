package dev.longshore.kinds.admission;

import dev.longshore.base.Time;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.Admission;
import dev.longshore.model.Fault;
import dev.longshore.model.FaultException;
import dev.longshore.model.Registry;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Refuses events that come faster than their server, namespace, user or source may write them.
final class EventRateLimit implements Admission {

    private final List<EventLimit> limits;

    /// @param configuration a `Configuration`, or a missing node if the rule does not hold
    /// @throws IllegalArgumentException if it says what cannot be
    EventRateLimit(JsonNode configuration, Time time) {
        this.limits = EventLimits.read(configuration).stream()
                .map(limit -> new EventLimit(limit, time))
                .toList();
    }

    @Override
    public String name() {
        return "EventRateLimit";
    }

    @Override
    public void validate(Attempt attempt, Registry registry) {
        boolean isWrite = attempt.operation() == Operation.CREATE || attempt.operation() == Operation.UPDATE;
        boolean isEvent =
                attempt.kind().group().isEmpty() && attempt.kind().kind().equals("Event");
        if (!isWrite || !isEvent || attempt.call().dryRun()) {
            return;
        }
        // Each is asked, and so used up, whatever the others say.
        List<String> refusals = limits.stream()
                .flatMap(limit -> refusal(limit, attempt).stream())
                .distinct()
                .toList();
        if (!refusals.isEmpty()) {
            String why = refusals.size() == 1 ? refusals.getFirst() : "[" + String.join(", ", refusals) + "]";
            throw new FaultException(new Fault.TooManyRequests("Too many requests: " + why, Duration.ZERO, List.of()));
        }
    }

    private static Optional<String> refusal(EventLimit limit, Attempt attempt) {
        String key =
                switch (limit.type()) {
                    case "Namespace" -> attempt.namespace();
                    case "User" -> attempt.call().user().name();
                    case "SourceAndObject" ->
                        attempt.object()
                                .map(event -> sourceAndObject(event.tree()))
                                .orElse("");
                    default -> "";
                };
        return limit.takes(key)
                ? Optional.empty()
                : Optional.of("limit reached on type " + limit.type() + " for key " + key);
    }

    private static String sourceAndObject(ObjectNode event) {
        Stream<String> source = Stream.of("component", "host").map(field -> Trees.text(event, "source", field));
        Stream<String> object = Stream.of("kind", "namespace", "name", "uid", "apiVersion")
                .map(field -> Trees.text(event, "involvedObject", field));
        return Stream.concat(source, object).collect(Collectors.joining());
    }
}
