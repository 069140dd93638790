package dev.longshore.kinds.access;

import dev.longshore.model.Admission;
import dev.longshore.model.Fault;
import dev.longshore.model.FaultException;
import dev.longshore.model.GroupResource;
import dev.longshore.model.Registry;
import dev.longshore.model.UserInfo;

/// Nobody gets into the group that may do everything by asking for a certificate.
public final class MastersRefusal implements Admission {

    private static final GroupResource REQUESTS =
            new GroupResource("certificates.k8s.io", "certificatesigningrequests");
    private static final String SIGNER = "kubernetes.io/kube-apiserver-client";

    @Override
    public String name() {
        return "CertificateSubjectRestriction";
    }

    @Override
    public void validate(Attempt attempt, Registry registry) {
        boolean isRefused = attempt.operation() == Operation.CREATE
                && attempt.resource().equals(REQUESTS)
                && attempt.subresource().isEmpty()
                && attempt.object()
                        .filter(request -> request.text("spec", "signerName").equals(SIGNER)
                                && RequestText.organizations(request.text("spec", "request"))
                                        .contains(UserInfo.MASTERS))
                        .isPresent();
        if (isRefused) {
            throw new FaultException(new Fault.Forbidden(
                    REQUESTS,
                    attempt.name(),
                    "use of " + SIGNER + " signer with " + UserInfo.MASTERS + " group is not allowed"));
        }
    }
}
