package dev.longshore.kinds.admission;

import dev.longshore.model.Admission;
import dev.longshore.model.Cause;
import dev.longshore.model.Fault;
import dev.longshore.model.FaultException;
import dev.longshore.model.GroupResource;
import dev.longshore.model.Registry;
import dev.longshore.model.Resource;
import java.util.Set;

/// Nothing new in a namespace that is not there or is going; and some namespaces stay for ever.
final class NamespaceLifecycle implements Admission {

    /// Who may not see a namespace does not learn by them whether it is there.
    private static final GroupResource REVIEWS = new GroupResource("authorization.k8s.io", "localsubjectaccessreviews");
    private static final Set<String> IMMORTAL = Set.of("default", "kube-system", "kube-public");

    @Override
    public String name() {
        return "NamespaceLifecycle";
    }

    @Override
    public void mutate(Attempt attempt, Registry registry) {
        if (attempt.operation() == Operation.DELETE
                && Attempts.isOf(attempt, Attempts.NAMESPACES)
                && IMMORTAL.contains(attempt.name())) {
            throw Attempts.forbidden(attempt, "this namespace may not be deleted");
        }
        boolean isReview = attempt.resource().equals(REVIEWS);
        boolean isInside = !attempt.namespace().isEmpty() && !attempt.resource().equals(Attempts.NAMESPACES);
        if (attempt.operation() != Operation.CREATE || !isInside || isReview) {
            return;
        }
        String name = attempt.namespace();
        Resource namespace = registry.get(Attempts.NAMESPACES, "", name)
                .orElseThrow(() -> new FaultException(new Fault.NotFound(Attempts.NAMESPACES, name)));
        boolean isGoing =
                namespace.isTerminating() || namespace.text("status", "phase").equals("Terminating");
        if (isGoing) {
            throw Attempts.forbidden(
                    attempt,
                    "unable to create new content in namespace " + name + " because it is being terminated",
                    new Cause(
                            "NamespaceTerminating",
                            "metadata.namespace",
                            "namespace " + name + " is being terminated"));
        }
    }
}
