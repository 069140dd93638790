package dev.longshore.kinds.policies;

import dev.longshore.base.Json;
import dev.longshore.model.Admission.Attempt;
import dev.longshore.model.Fault;
import dev.longshore.model.FaultException;
import dev.longshore.model.Resource;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/// How policies refuse a request: as something forbidden, with reasons of their own.
final class Refusal {

    private Refusal() {}

    /// By a policy that validates.
    ///
    /// @param said by which policy, and why
    static FaultException invalid(Attempt attempt, String said, String reason) {
        String message = new Fault.Forbidden(attempt.resource(), name(attempt), said).message();
        return refused(attempt, code(reason), reason, message, List.of(said));
    }

    /// By policies that change what they are asked about, and could not.
    ///
    /// @param said one sentence for each that failed
    /// @param reason of the first
    static FaultException unchanged(Attempt attempt, List<String> said, String reason) {
        return refused(attempt, 403, reason, said.getFirst(), said);
    }

    private static FaultException refused(
            Attempt attempt, int code, String reason, String message, List<String> causes) {
        ObjectNode details = Json.object();
        details.put("name", name(attempt));
        if (!attempt.resource().group().isEmpty()) {
            details.put("group", attempt.resource().group());
        }
        details.put("kind", attempt.resource().resource());
        var list = details.putArray("causes");
        causes.forEach(cause -> list.addObject().put("message", cause));
        return new FaultException(new Fault.Denied(code, reason, message, details));
    }

    private static int code(String reason) {
        return switch (reason) {
            case "Unauthorized" -> 401;
            case "Forbidden" -> 403;
            case "RequestEntityTooLarge" -> 413;
            default -> 422;
        };
    }

    /// The name of the object, though it may not have one yet.
    private static String name(Attempt attempt) {
        if (!attempt.name().isEmpty()) {
            return attempt.name();
        }
        String own = attempt.object().map(Resource::name).orElse("");
        if (!own.isEmpty()) {
            return own;
        }
        String base = attempt.object()
                .map(object -> object.text("metadata", "generateName"))
                .orElse("");
        return base.isEmpty() ? "Unknown" : base;
    }
}
