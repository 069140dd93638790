package dev.longshore.kinds.admission;

import dev.longshore.base.Json;
import dev.longshore.model.Admission.Attempt;
import dev.longshore.model.Admission.Operation;
import dev.longshore.model.Cause;
import dev.longshore.model.Fault;
import dev.longshore.model.FaultException;
import dev.longshore.model.GroupResource;
import dev.longshore.model.Resource;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// Short questions about attempts.
final class Attempts {

    static final GroupResource PODS = new GroupResource("", "pods");
    static final GroupResource NODES = new GroupResource("", "nodes");
    static final GroupResource NAMESPACES = new GroupResource("", "namespaces");
    static final GroupResource CLAIMS = new GroupResource("", "persistentvolumeclaims");

    private Attempts() {}

    /// The object, if `attempt` makes a new one of `resource` itself, no subresource.
    static Optional<Resource> created(Attempt attempt, GroupResource resource) {
        return attempt.operation() == Operation.CREATE && isOf(attempt, resource) ? attempt.object() : Optional.empty();
    }

    /// True if it is about `resource` itself, no subresource.
    static boolean isOf(Attempt attempt, GroupResource resource) {
        return attempt.subresource().isEmpty() && attempt.resource().equals(resource);
    }

    /// The name in the path, else that of the object.
    static String named(Attempt attempt) {
        return attempt.name().isEmpty() ? attempt.object().map(Resource::name).orElse("") : attempt.name();
    }

    /// A refusal.
    static FaultException forbidden(Attempt attempt, String detail) {
        return new FaultException(new Fault.Forbidden(attempt.resource(), shownName(attempt), detail));
    }

    /// A refusal whose cause programs understand.
    static FaultException forbidden(Attempt attempt, String detail, Cause cause) {
        var fault = new Fault.Forbidden(attempt.resource(), shownName(attempt), detail);
        ObjectNode details = Json.object().put("name", fault.name());
        if (!attempt.resource().group().isEmpty()) {
            details.put("group", attempt.resource().group());
        }
        details.put("kind", attempt.resource().resource());
        ObjectNode shown = details.putArray("causes").addObject().put("reason", cause.type());
        if (!cause.message().isEmpty()) {
            shown.put("message", cause.message());
        }
        if (!cause.field().isEmpty()) {
            shown.put("field", cause.field());
        }
        return new FaultException(new Fault.Denied(fault.code(), fault.reason(), fault.message(), details));
    }

    /// A name that is yet to be made is shown by its beginning.
    private static String shownName(Attempt attempt) {
        String name = named(attempt);
        if (!name.isEmpty()) {
            return name;
        }
        String beginning = attempt.object()
                .map(object -> object.text("metadata", "generateName"))
                .orElse("");
        return beginning.isEmpty() ? "Unknown" : beginning;
    }
}
