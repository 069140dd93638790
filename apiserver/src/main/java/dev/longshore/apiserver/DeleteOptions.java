package dev.longshore.apiserver;

import dev.longshore.model.Cause;
import dev.longshore.model.Fault;
import dev.longshore.model.FaultException;
import dev.longshore.model.GroupVersionKind;
import dev.longshore.model.Strategy.Propagation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// What a client says of a deletion.
///
/// @param uid the only one to delete
/// @param resourceVersion the only one to delete
/// @param cascades it said `orphanDependents: false`, the old way to ask for the dependents' deletion
record DeleteOptions(
        Optional<Duration> gracePeriod,
        Optional<Propagation> propagation,
        Optional<String> uid,
        Optional<String> resourceVersion,
        boolean dryRun,
        boolean cascades) {

    static final GroupVersionKind KIND = new GroupVersionKind("meta.k8s.io", "v1", "DeleteOptions");

    private static final List<String> POLICIES = List.of("Foreground", "Background", "Orphan", "nil");

    /// Nothing but how long to wait.
    static DeleteOptions of(Optional<Duration> gracePeriod) {
        return new DeleteOptions(gracePeriod, Optional.empty(), Optional.empty(), Optional.empty(), false, false);
    }

    /// Reads `v1 DeleteOptions`. `ignoreStoreReadErrorWithClusterBreakingPotential` is not looked at, as in a
    /// kube-apiserver whose feature gate for it is off, which is the default.
    ///
    /// @throws FaultException with [Fault.Invalid] naming all that is wrong
    static DeleteOptions of(JsonNode body) {
        check(body);
        JsonNode preconditions = body.path("preconditions");
        JsonNode orphan = body.path("orphanDependents");
        return new DeleteOptions(
                grace(body.path("gracePeriodSeconds")),
                orphan.isBoolean()
                        ? Optional.of(orphan.asBoolean() ? Propagation.ORPHAN : Propagation.BACKGROUND)
                        : text(body, "propagationPolicy").map(DeleteOptions::propagation),
                text(preconditions, "uid"),
                text(preconditions, "resourceVersion"),
                !body.path("dryRun").isEmpty(),
                orphan.isBoolean() && !orphan.asBoolean());
    }

    private static void check(JsonNode body) {
        var causes = new ArrayList<Cause>();
        JsonNode policy = body.path("propagationPolicy");
        if (policy.isString()) {
            String quoted = '"' + policy.asString() + '"';
            if (body.path("orphanDependents").isBoolean()) {
                causes.add(Cause.invalid(
                        "propagationPolicy", quoted, "orphanDependents and deletionPropagation cannot be both set"));
            }
            if (!POLICIES.subList(0, 3).contains(policy.asString())) {
                causes.add(Cause.unsupported("propagationPolicy", quoted, POLICIES));
            }
        }
        List<String> dryRun =
                body.path("dryRun").valueStream().map(each -> each.asString("")).toList();
        if (dryRun.stream().anyMatch(each -> !each.equals("All"))) {
            causes.add(Cause.unsupported("dryRun", quoted(dryRun), List.of("All")));
        }
        if (!causes.isEmpty()) {
            throw new FaultException(new Fault.Invalid(KIND, "", causes));
        }
    }

    private static String quoted(List<String> texts) {
        return texts.stream().map(text -> '"' + text + '"').collect(java.util.stream.Collectors.joining(",", "[", "]"));
    }

    /// Less than nothing counts as a second.
    private static Optional<Duration> grace(JsonNode seconds) {
        return seconds.isNumber()
                ? Optional.of(Duration.ofSeconds(seconds.asLong() < 0 ? 1 : seconds.asLong()))
                : Optional.empty();
    }

    private static Propagation propagation(String policy) {
        return switch (policy) {
            case "Orphan" -> Propagation.ORPHAN;
            case "Foreground" -> Propagation.FOREGROUND;
            default -> Propagation.BACKGROUND;
        };
    }

    private static Optional<String> text(JsonNode node, String field) {
        return Optional.of(node.path(field).asString("")).filter(value -> !value.isEmpty());
    }
}
