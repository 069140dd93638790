package dev.longshore.kinds.access;

import dev.longshore.kinds.kit.KindsContext;
import dev.longshore.model.Admission;
import dev.longshore.model.Fault;
import dev.longshore.model.FaultException;
import dev.longshore.model.GroupResource;
import dev.longshore.model.Registry;
import dev.longshore.model.Resource;
import tools.jackson.databind.node.ObjectNode;

/// Whoever says whom a signer's certificates are to be believed by must be allowed to attest for it.
public record BundleAttest(KindsContext context) implements Admission {

    private static final GroupResource BUNDLES = new GroupResource("certificates.k8s.io", "clustertrustbundles");
    private static final String VERB = "attest";

    @Override
    public String name() {
        return "ClusterTrustBundleAttest";
    }

    @Override
    public void validate(Attempt attempt, Registry registry) {
        boolean isMeant = attempt.operation() == Operation.CREATE || attempt.operation() == Operation.UPDATE;
        if (!isMeant || !attempt.resource().equals(BUNDLES) || attempt.object().isEmpty()) {
            return;
        }
        // The new signer's name: that it is another than before is refused later.
        String signer = attempt.object().get().text("spec", "signerName");
        if (signer.isEmpty() || isLeftAsItWas(attempt)) {
            return;
        }
        if (!SignerPermission.isAllowed(context, attempt.call().user(), VERB, signer)) {
            throw new FaultException(new Fault.Forbidden(
                    BUNDLES, attempt.name(), "user not permitted to attest for signerName \"" + signer + "\""));
        }
    }

    /// Owners and finalizers are the garbage collector's.
    private static boolean isLeftAsItWas(Attempt attempt) {
        return attempt.old().isPresent()
                && withoutOwners(attempt.object().get())
                        .equals(withoutOwners(attempt.old().get()));
    }

    private static ObjectNode withoutOwners(Resource bundle) {
        ObjectNode copy = bundle.tree().deepCopy();
        if (copy.get("metadata") instanceof ObjectNode metadata) {
            metadata.remove(java.util.List.of("ownerReferences", "finalizers", "managedFields", "resourceVersion"));
        }
        return copy;
    }
}
