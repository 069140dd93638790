package dev.longshore.kinds.access;

import dev.longshore.kinds.kit.Checks;
import dev.longshore.kinds.kit.Conditions;
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
    private static final List<String> VERDICTS = List.of("Denied", "Failed", "Issued");

    private PodCertificateChecks() {}

    static void check(Checks checks, ObjectNode object) {
        JsonNode spec = object.path("spec");
        String signer = Trees.text(spec, "signerName");
        SignerNames.check(checks, "spec.signerName", signer);
        for (String owner : List.of("pod", "serviceAccount", "node")) {
            String name = Trees.text(spec, owner + "Name");
            checks.name("spec." + owner + "Name", name, NameRule.DNS_SUBDOMAIN);
            String uid = Trees.text(spec, owner + "UID");
            if (checks.requiredText("spec." + owner + "UID", uid)) {
                checks.tooLong("spec." + owner + "UID", uid, MAX_UID);
            }
        }
        long longest = signer.startsWith("kubernetes.io/") ? LONGEST_OF_KUBERNETES : LONGEST;
        long seconds = Trees.number(spec, 0, "maxExpirationSeconds");
        if (seconds < SHORTEST || seconds > longest) {
            checks.invalid(
                    "spec.maxExpirationSeconds", seconds, "must be in the range [" + SHORTEST + ", " + longest + "]");
        }
        checks.requiredText("spec.stubPKCS10Request", Trees.text(spec, "stubPKCS10Request"));
    }

    /// One verdict, once.
    static void status(Checks checks, ObjectNode object, ObjectNode old) {
        Conditions.check(checks, "status.conditions", Trees.at(object, "status", "conditions"));
        List<String> now = verdicts(object);
        if (now.size() > 1) {
            checks.invalid(
                    "status.conditions",
                    Trees.at(object, "status", "conditions"),
                    "There may be at most one condition with type \"Issued\", \"Denied\", or \"Failed\"");
        }
        if (!verdicts(old).isEmpty()) {
            checks.unchanged("status", object, old, "status");
        }
    }

    private static List<String> verdicts(ObjectNode object) {
        return Trees.list(object, "status", "conditions").stream()
                .map(condition -> Trees.text(condition, "type"))
                .filter(VERDICTS::contains)
                .toList();
    }
}
