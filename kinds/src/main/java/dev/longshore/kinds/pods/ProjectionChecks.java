package dev.longshore.kinds.pods;

import dev.longshore.kinds.kit.Checks;
import dev.longshore.kinds.kit.InnerTypes;
import dev.longshore.kinds.kit.Selectors;
import dev.longshore.kinds.kit.SignerNames;
import dev.longshore.kinds.kit.Tightened;
import dev.longshore.kinds.kit.Trees;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/// What the sources of a projected volume must be like. No two may write the same file.
final class ProjectionChecks {

    private static final long MIN_TOKEN_SECONDS = 600;
    private static final long MAX_TOKEN_SECONDS = 1L << 32;
    private static final long MIN_CERTIFICATE_SECONDS = 3600;
    private static final long MAX_CERTIFICATE_SECONDS = 7_862_400;
    private static final long MAX_KUBERNETES_SECONDS = 86_400;
    private static final List<String> KEY_TYPES =
            List.of("RSA3072", "RSA4096", "ECDSAP256", "ECDSAP384", "ECDSAP521", "ED25519");
    private static final String CONFLICT = "conflicting duplicate paths";
    private static final List<String> KINDS = List.of(
            "secret", "configMap", "downwardAPI", "serviceAccountToken", "clusterTrustBundle", "podCertificate");

    private final Checks checks;
    private final String path;
    private final Set<String> files = new HashSet<>();

    /// For the volume's source at `path`.
    ProjectionChecks(Checks checks, String path) {
        this.checks = checks;
        this.path = path;
    }

    void check(ObjectNode source) {
        Trees.each(source, path, "sources", (at, projection) -> {
            int count = 0;
            for (String kind : KINDS) {
                if (projection.get(kind) instanceof ObjectNode object) {
                    count++;
                    one(at + "." + kind, kind, object);
                }
            }
            if (count > 1) {
                checks.forbidden(at, "may not specify more than 1 volume type per source");
            }
        });
    }

    private void one(String at, String kind, ObjectNode object) {
        switch (kind) {
            case "secret", "configMap" -> {
                String name = Trees.text(object, "name");
                checks.requiredText(at + ".name", name);
                VolumeChecks.items(checks, at, object);
                Trees.list(object, "items").forEach(item -> file(Trees.text(item, "path"), name));
            }
            case "downwardAPI" ->
                Trees.list(object, "items").forEach(item -> {
                    VolumeChecks.downwardFile(checks, at, item);
                    file(Trees.text(item, "path"), Trees.text(item, "path"));
                });
            case "serviceAccountToken" -> token(at, object);
            case "clusterTrustBundle" -> bundle(at, object);
            default -> certificate(at, object);
        }
    }

    private void file(String file, String shown) {
        if (!file.isEmpty() && !files.add(file)) {
            checks.invalid(path, shown, CONFLICT);
        }
    }

    private void token(String at, ObjectNode token) {
        long seconds = Trees.number(token, 0, "expirationSeconds");
        if (seconds < MIN_TOKEN_SECONDS) {
            checks.invalid(at + ".expirationSeconds", seconds, "may not specify a duration less than 10 minutes");
        } else if (seconds > MAX_TOKEN_SECONDS) {
            checks.invalid(at + ".expirationSeconds", seconds, "may not specify a duration larger than 2^32 seconds");
        }
        String file = Trees.text(token, "path");
        if (checks.requiredText(path + ".path", file)) {
            checks.under(Tightened.TOKEN_PATH, () -> PathChecks.unreserved(checks, path + ".path", file));
        }
    }

    private void bundle(String at, ObjectNode bundle) {
        boolean isNamed = Trees.has(bundle, "name");
        boolean isSigned = Trees.has(bundle, "signerName");
        if (isNamed && isSigned) {
            checks.invalid(
                    at,
                    InnerTypes.of("ClusterTrustBundleProjection", bundle),
                    "only one of name and signerName may be used");
        } else if (isNamed) {
            bundleName(at, bundle);
        } else if (isSigned) {
            String signer = Trees.text(bundle, "signerName");
            if (signer.isEmpty()) {
                checks.required(at + ".signerName", "must be a valid signer name");
            }
            SignerNames.check(checks, at + ".signerName", signer);
            Selectors.check(checks, at + ".labelSelector", bundle.path("labelSelector"));
        } else {
            checks.required(at, "either name or signerName must be specified");
        }
        String file = Trees.text(bundle, "path");
        checks.requiredText(at + ".path", file);
        PathChecks.unreserved(checks, at + ".path", file);
        if (!files.add(file)) {
            checks.invalid(path, file, CONFLICT);
        }
    }

    private void bundleName(String at, ObjectNode bundle) {
        String name = Trees.text(bundle, "name");
        if (name.isEmpty()) {
            checks.required(at + ".name", "must be a valid object name");
        }
        SignerNames.bundleNameFaults(name)
                .forEach(fault -> checks.invalid(at + ".name", name, "not a valid clustertrustbundlename: " + fault));
        if (Trees.has(bundle, "labelSelector")) {
            checks.invalid(
                    at + ".labelSelector",
                    bundle.path("labelSelector"),
                    "labelSelector must be unset if name is specified");
        }
    }

    private void certificate(String at, ObjectNode certificate) {
        String signer = Trees.text(certificate, "signerName");
        SignerNames.check(checks, at + ".signerName", signer);
        checks.userAnnotations(at + ".userAnnotations", Trees.texts(certificate, "userAnnotations"));
        checks.only(at + ".keyType", Trees.text(certificate, "keyType"), KEY_TYPES);
        if (certificate.path("maxExpirationSeconds").isNumber()) {
            expiration(
                    at + ".maxExpirationSeconds",
                    certificate.path("maxExpirationSeconds").asLong(),
                    signer.startsWith("kubernetes.io/") ? MAX_KUBERNETES_SECONDS : MAX_CERTIFICATE_SECONDS);
        }
        int count = 0;
        for (String field : List.of("credentialBundlePath", "keyPath", "certificateChainPath")) {
            String file = Trees.text(certificate, field);
            if (!file.isEmpty()) {
                count++;
                PathChecks.unreserved(checks, at + "." + field, file);
                file(file, file);
            }
        }
        if (count == 0) {
            checks.required(at, "specify at least one of credentialBundlePath, keyPath, and certificateChainPath");
        }
    }

    private void expiration(String at, long seconds, long most) {
        if (seconds < MIN_CERTIFICATE_SECONDS) {
            checks.invalid(at, seconds, "if provided, maxExpirationSeconds must be >= " + MIN_CERTIFICATE_SECONDS);
        }
        if (seconds > most) {
            checks.invalid(at, seconds, "if provided, maxExpirationSeconds must be <= " + most);
        }
    }
}
