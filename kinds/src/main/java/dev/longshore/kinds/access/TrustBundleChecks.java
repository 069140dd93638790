package dev.longshore.kinds.access;

import dev.longshore.kinds.kit.Checks;
import dev.longshore.kinds.kit.Pem;
import dev.longshore.kinds.kit.SignerNames;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.Cause;
import dev.longshore.model.NameRule;
import java.io.ByteArrayInputStream;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import tools.jackson.databind.node.ObjectNode;

/// What a bundle of trust may not say: its name begins with its signer's, and all that is in it may sign.
final class TrustBundleChecks {

    private static final String PATH = "spec.trustBundle";
    private static final String OMITTED = "<value omitted>";
    private static final int MAX_SIZE = 1 << 20;

    private TrustBundleChecks() {}

    static void check(Checks checks, ObjectNode object) {
        named(checks, object);
        bundle(checks, Trees.text(object, "spec", "trustBundle"));
    }

    private static void named(Checks checks, ObjectNode object) {
        String signer = Trees.text(object, "spec", "signerName");
        String name = Trees.text(object, "metadata", "name");
        nameFaults(name, signer).forEach(fault -> checks.invalid("metadata.name", name, fault));
        if (!signer.isEmpty()) {
            SignerNames.check(checks, "spec.signerName", signer);
        }
    }

    static void change(Checks checks, ObjectNode object, ObjectNode old) {
        named(checks, object);
        if (!Trees.same(object, old, "spec", "trustBundle")) {
            bundle(checks, Trees.text(object, "spec", "trustBundle"));
        }
        checks.unchanged("spec.signerName", object, old, "spec", "signerName");
    }

    private static List<String> nameFaults(String name, String signer) {
        if (signer.isEmpty()) {
            return name.contains(":")
                    ? List.of("ClusterTrustBundle without signer name must not have \":\" in its name")
                    : NameRule.DNS_SUBDOMAIN.check(name);
        }
        String prefix = signer.replace('/', ':') + ":";
        return name.startsWith(prefix)
                ? NameRule.DNS_SUBDOMAIN.check(name.substring(prefix.length()))
                : List.of("ClusterTrustBundle for signerName " + signer + " must be named with prefix " + prefix);
    }

    private static void bundle(Checks checks, String text) {
        if (text.length() > MAX_SIZE) {
            checks.add(Cause.tooLong(PATH, MAX_SIZE));
            return;
        }
        Map<String, List<Integer>> anchors = new LinkedHashMap<>();
        boolean isClean = true;
        List<Pem> blocks = Pem.parse(text);
        for (int i = 0; i < blocks.size(); i++) {
            Optional<String> fault = fault(blocks.get(i));
            if (fault.isPresent()) {
                isClean = false;
                checks.invalid(PATH, OMITTED, "entry " + i + " " + fault.get());
            } else {
                anchors.computeIfAbsent(
                                Base64.getEncoder().encodeToString(blocks.get(i).bytes()), unseen -> new ArrayList<>())
                        .add(i);
            }
        }
        if (!isClean) {
            return;
        }
        if (anchors.isEmpty()) {
            checks.invalid(PATH, OMITTED, "at least one trust anchor must be provided");
        }
        anchors.values().stream().filter(places -> places.size() > 1).forEach(places -> {
            String shown = places.stream().map(String::valueOf).collect(Collectors.joining(" ", "[", "]"));
            checks.invalid(PATH, OMITTED, "duplicate trust anchor (indices " + shown + ")");
        });
    }

    private static Optional<String> fault(Pem block) {
        if (!block.type().equals("CERTIFICATE")) {
            return Optional.of("has bad block type: " + block.type());
        }
        if (block.hasHeaders()) {
            return Optional.of("has PEM block headers");
        }
        try {
            var certificate = CertificateFactory.getInstance("X.509")
                    .generateCertificate(new ByteArrayInputStream(block.bytes()));
            boolean maySign = certificate instanceof X509Certificate x509 && x509.getBasicConstraints() >= 0;
            return maySign ? Optional.empty() : Optional.of("does not have the CA bit set");
        } catch (CertificateException malformed) {
            return Optional.of("does not parse as X.509");
        }
    }
}
