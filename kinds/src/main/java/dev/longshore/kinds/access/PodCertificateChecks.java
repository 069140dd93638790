package dev.longshore.kinds.access;

import dev.longshore.kinds.kit.Checks;
import dev.longshore.kinds.kit.SignerNames;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.NameRule;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What a kubelet's request for the certificate of a pod may not say.
final class PodCertificateChecks {

    private static final int MAX_UID = 128;
    private static final long SHORTEST = 3600;
    private static final long LONGEST = 7_862_400;
    private static final long LONGEST_OF_KUBERNETES = 86_400;

    private PodCertificateChecks() {}

    static void check(Checks checks, ObjectNode object) {
        JsonNode spec = object.path("spec");
        String signer = Trees.text(spec, "signerName");
        SignerNames.check(checks, "spec.signerName", signer);
        checks.userAnnotations("spec.unverifiedUserAnnotations", Trees.texts(spec, "unverifiedUserAnnotations"));
        for (String owner : List.of("pod", "serviceAccount", "node")) {
            checks.name("spec." + owner + "Name", Trees.text(spec, owner + "Name"), NameRule.DNS_SUBDOMAIN);
            String uid = Trees.text(spec, owner + "UID");
            if (uid.isEmpty()) {
                checks.invalid("spec." + owner + "UID", uid, "must not be empty");
            }
            checks.tooLong("spec." + owner + "UID", uid, MAX_UID);
        }
        long longest = signer.startsWith("kubernetes.io/") ? LONGEST_OF_KUBERNETES : LONGEST;
        long seconds = Trees.number(spec, 0, "maxExpirationSeconds");
        if (seconds < SHORTEST || seconds > longest) {
            checks.invalid(
                    "spec.maxExpirationSeconds", seconds, "must be in the range [" + SHORTEST + ", " + longest + "]");
        }
        PodKeyChecks.check(checks, spec);
    }
}
