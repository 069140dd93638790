package dev.longshore.kinds.admission;

import dev.longshore.model.Admission.Attempt;
import dev.longshore.model.Admission.Operation;
import dev.longshore.model.Fault;
import dev.longshore.model.FaultException;
import dev.longshore.model.GroupResource;
import dev.longshore.model.Resource;
import java.util.Optional;

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

    /// A refusal.
    static FaultException forbidden(Attempt attempt, String detail) {
        String name =
                attempt.name().isEmpty() ? attempt.object().map(Resource::name).orElse("") : attempt.name();
        return new FaultException(new Fault.Forbidden(attempt.resource(), name, detail));
    }
}
