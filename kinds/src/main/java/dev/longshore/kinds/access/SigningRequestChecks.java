package dev.longshore.kinds.access;

import dev.longshore.kinds.kit.Checks;
import dev.longshore.kinds.kit.SignerNames;
import dev.longshore.kinds.kit.Trees;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What a request for a certificate may not say.
final class SigningRequestChecks {

    private static final String LEGACY = "kubernetes.io/legacy-unknown";
    static final List<String> VERDICTS = List.of("Approved", "Denied");
    private static final Set<String> ONLY_TRUE = Set.of("Approved", "Denied", "Failed");
    private static final List<String> USAGES = List.of(
            "any",
            "cert sign",
            "client auth",
            "code signing",
            "content commitment",
            "crl sign",
            "data encipherment",
            "decipher only",
            "digital signature",
            "email protection",
            "encipher only",
            "ipsec end system",
            "ipsec tunnel",
            "ipsec user",
            "key agreement",
            "key encipherment",
            "microsoft sgc",
            "netscape sgc",
            "ocsp signing",
            "s/mime",
            "server auth",
            "signing",
            "timestamping");

    private SigningRequestChecks() {}

    static void check(Checks checks, ObjectNode object) {
        JsonNode spec = object.path("spec");
        String request = Trees.text(spec, "request");
        RequestText.requestFault(request).ifPresent(fault -> checks.invalid("spec.request", request, fault));
        usages(checks, Trees.strings(spec, "usages"));
        String signer = Trees.text(spec, "signerName");
        if (signer.equals(LEGACY)) {
            checks.invalid("spec.signerName", signer, "the legacy signerName is not allowed via this API version");
        } else {
            SignerNames.check(checks, "spec.signerName", signer);
        }
        JsonNode seconds = spec.path("expirationSeconds");
        if (seconds.isNumber() && seconds.asLong() < 600) {
            checks.invalid(
                    "spec.expirationSeconds",
                    seconds.asLong(),
                    "may not specify a duration less than 600 seconds (10 minutes)");
        }
        conditions(checks, Trees.list(object, "status", "conditions"));
    }

    private static void usages(Checks checks, List<String> usages) {
        if (usages.isEmpty()) {
            checks.required("spec.usages");
        }
        for (int i = 0; i < usages.size(); i++) {
            checks.only("spec.usages[" + i + "]", usages.get(i), USAGES);
        }
        var seen = new HashSet<String>();
        for (int i = 0; i < usages.size(); i++) {
            if (!seen.add(usages.get(i))) {
                checks.duplicate("spec.usages[" + i + "]", usages.get(i));
            }
        }
    }

    private static void conditions(Checks checks, List<ObjectNode> conditions) {
        var seen = new HashSet<String>();
        for (int i = 0; i < conditions.size(); i++) {
            String path = "status.conditions[" + i + "]";
            String type = Trees.text(conditions.get(i), "type");
            checks.requiredText(path + ".type", type);
            String status = Trees.text(conditions.get(i), "status");
            if (checks.requiredText(path + ".status", status)) {
                checks.only(
                        path + ".status",
                        status,
                        ONLY_TRUE.contains(type) ? List.of("True") : List.of("False", "True", "Unknown"));
            }
            boolean isAgainst = type.equals("Approved") && seen.contains("Denied")
                    || type.equals("Denied") && seen.contains("Approved");
            if (isAgainst) {
                checks.invalid("status.conditions", type, "Approved and Denied conditions are mutually exclusive");
            }
            if (!seen.add(type)) {
                checks.duplicate(path + ".type", type);
            }
        }
    }

    static void certificate(Checks checks, ObjectNode object) {
        RequestText.certificateFault(Trees.text(object, "status", "certificate"))
                .ifPresent(fault -> checks.invalid("status.certificate", "<certificate data>", fault));
    }

    static void change(Checks checks, ObjectNode object, ObjectNode old, boolean maySayVerdict, boolean mayIssue) {
        boolean isReissued = !Trees.same(object, old, "status", "certificate");
        if (isReissued) {
            certificate(checks, object);
        }
        for (String type : List.of("Approved", "Denied", "Failed")) {
            if (of(object, type).size() < of(old, type).size()) {
                checks.forbidden("status.conditions", "updates may not remove a condition of type \"" + type + "\"");
            }
        }
        // A verdict that is said otherwise is put back before.
        for (String type : maySayVerdict ? List.<String>of() : VERDICTS) {
            if (of(object, type).size() > of(old, type).size()) {
                checks.forbidden("status.conditions", "updates may not add a condition of type \"" + type + "\"");
            }
        }
        if (isReissued && !mayIssue) {
            checks.forbidden("status.certificate", "updates may not set certificate content");
        } else if (isReissued && !Trees.text(old, "status", "certificate").isEmpty()) {
            checks.forbidden("status.certificate", "updates may not modify existing certificate content");
        }
    }

    private static List<ObjectNode> of(ObjectNode object, String type) {
        return Trees.list(object, "status", "conditions").stream()
                .filter(condition -> Trees.text(condition, "type").equals(type))
                .toList();
    }
}
