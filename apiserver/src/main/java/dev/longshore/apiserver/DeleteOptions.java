package dev.longshore.apiserver;

import dev.longshore.model.Cause;
import dev.longshore.model.Fault;
import dev.longshore.model.FaultException;
import dev.longshore.model.GroupVersionKind;
import dev.longshore.model.Strategy.Propagation;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// What a client says of a deletion.
///
/// @param uid the only one to delete
/// @param resourceVersion the only one to delete
record DeleteOptions(
        Optional<Duration> gracePeriod,
        Optional<Propagation> propagation,
        Optional<String> uid,
        Optional<String> resourceVersion,
        boolean dryRun) {

    static final DeleteOptions DEFAULT =
            new DeleteOptions(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), false);

    /// Reads `v1 DeleteOptions`.
    static DeleteOptions of(JsonNode body) {
        JsonNode preconditions = body.path("preconditions");
        return new DeleteOptions(
                grace(body.path("gracePeriodSeconds")),
                propagation(body),
                text(preconditions, "uid"),
                text(preconditions, "resourceVersion"),
                body.path("dryRun").size() > 0);
    }

    private static Optional<Duration> grace(JsonNode seconds) {
        return seconds.isNumber() ? Optional.of(Duration.ofSeconds(seconds.asLong())) : Optional.empty();
    }

    private static Optional<Propagation> propagation(JsonNode body) {
        if (body.path("orphanDependents").isBoolean()) {
            return Optional.of(body.path("orphanDependents").asBoolean() ? Propagation.ORPHAN : Propagation.BACKGROUND);
        }
        return text(body, "propagationPolicy").map(policy -> switch (policy) {
            case "Orphan" -> Propagation.ORPHAN;
            case "Background" -> Propagation.BACKGROUND;
            case "Foreground" -> Propagation.FOREGROUND;
            default ->
                throw new FaultException(new Fault.Invalid(
                        new GroupVersionKind("meta.k8s.io", "v1", "DeleteOptions"),
                        "",
                        List.of(Cause.unsupported(
                                "propagationPolicy",
                                '"' + policy + '"',
                                List.of("Foreground", "Background", "Orphan", "nil")))));
        });
    }

    private static Optional<String> text(JsonNode node, String field) {
        return Optional.of(node.path(field).asString("")).filter(value -> !value.isEmpty());
    }
}
