package dev.longshore.kinds.access;

import dev.longshore.kinds.kit.KindsContext;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.Admission;
import dev.longshore.model.Authorizer;
import dev.longshore.model.Fault;
import dev.longshore.model.FaultException;
import dev.longshore.model.Registry;
import dev.longshore.model.Resource;
import dev.longshore.model.UserInfo;
import java.util.stream.Stream;

/// Whoever approves or signs a request for a certificate must be allowed to in the name of its signer.
///
/// @param subresource where it is written
/// @param verb what must be allowed on the signer
public record SignerPermission(KindsContext context, String name, String subresource, String verb)
        implements Admission {

    private static final String GROUP = "certificates.k8s.io";

    /// For verdicts.
    public static SignerPermission approval(KindsContext context) {
        return new SignerPermission(context, "CertificateApproval", "approval", "approve");
    }

    /// For certificates, and for saying that there will be none.
    public static SignerPermission signing(KindsContext context) {
        return new SignerPermission(context, "CertificateSigning", "status", "sign");
    }

    @Override
    public void validate(Attempt attempt, Registry registry) {
        boolean isMeant = attempt.operation() == Operation.UPDATE
                && attempt.resource().group().equals(GROUP)
                && attempt.resource().resource().equals("certificatesigningrequests")
                && attempt.subresource().equals(subresource)
                && attempt.old().isPresent()
                && attempt.object().isPresent();
        if (!isMeant || isUntouched(attempt)) {
            return;
        }
        // The stored signer, since nobody changes it by the way.
        String signer = attempt.old().get().text("spec", "signerName");
        if (!isAllowed(context, attempt.call().user(), verb, signer)) {
            throw new FaultException(new Fault.Forbidden(
                    attempt.resource(),
                    attempt.name(),
                    "user not permitted to " + verb + " requests with signerName \"" + signer + "\""));
        }
    }

    private boolean isUntouched(Attempt attempt) {
        Resource old = attempt.old().get();
        Resource object = attempt.object().get();
        return subresource.equals("status")
                && Trees.same(old.tree(), object.tree(), "status", "certificate")
                && Trees.same(old.tree(), object.tree(), "status", "conditions");
    }

    /// Whether `user` may do `verb` in the name of `signer`, or of every signer of its domain.
    static boolean isAllowed(KindsContext context, UserInfo user, String verb, String signer) {
        return Stream.of(signer, signer.replaceFirst("/.*", "/*"))
                .anyMatch(name -> context.authorizer()
                                .get()
                                .authorize(
                                        new Authorizer.Attributes(user, verb, GROUP, "*", "signers", "", "", name, ""))
                        instanceof Authorizer.Decision.Allow);
    }
}
