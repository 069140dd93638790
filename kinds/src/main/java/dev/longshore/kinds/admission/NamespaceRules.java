package dev.longshore.kinds.admission;

import dev.longshore.model.Admission;
import dev.longshore.model.Fault;
import dev.longshore.model.FaultException;
import dev.longshore.model.GroupVersionKind;
import dev.longshore.model.Registry;
import dev.longshore.model.Resource;

/// Two old rules about namespaces that are not there: that they are made, or that nothing is written into them.
final class NamespaceRules {

    private static final GroupVersionKind NAMESPACE = GroupVersionKind.of("v1", "Namespace");

    private NamespaceRules() {}

    /// Makes the namespace that a new object names.
    record AutoProvision() implements Admission {
        @Override
        public String name() {
            return "NamespaceAutoProvision";
        }

        @Override
        public void mutate(Attempt attempt, Registry registry) {
            if (attempt.operation() != Operation.CREATE || attempt.call().dryRun() || isThere(attempt, registry)) {
                return;
            }
            try {
                registry.create(Resource.of(NAMESPACE, "", attempt.namespace()));
            } catch (FaultException failed) {
                if (!(failed.fault() instanceof Fault.AlreadyExists)) {
                    throw Attempts.forbidden(attempt, failed.getMessage());
                }
            }
        }
    }

    /// Refuses whatever is about one that is not there.
    record Exists() implements Admission {
        @Override
        public String name() {
            return "NamespaceExists";
        }

        @Override
        public void validate(Attempt attempt, Registry registry) {
            if (attempt.operation() != Operation.CONNECT && !isThere(attempt, registry)) {
                throw new FaultException(new Fault.NotFound(Attempts.NAMESPACES, attempt.namespace()));
            }
        }
    }

    private static boolean isThere(Admission.Attempt attempt, Registry registry) {
        return attempt.namespace().isEmpty()
                || attempt.resource().equals(Attempts.NAMESPACES)
                || registry.get(Attempts.NAMESPACES, "", attempt.namespace()).isPresent();
    }
}
