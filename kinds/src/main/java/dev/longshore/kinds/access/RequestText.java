package dev.longshore.kinds.access;

import dev.longshore.kinds.kit.Pem;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.bouncycastle.pkcs.PKCSException;

/// Reads what is sent and got back in a request for a certificate, as Base64 of PEM.
final class RequestText {

    /// Ways to sign that are no longer taken, by their numbers.
    private static final Map<String, String> INSECURE =
            Map.of("1.2.840.113549.1.1.2", "MD2-RSA", "1.2.840.113549.1.1.4", "MD5-RSA");

    private RequestText() {}

    /// Why `base64` is no request signed with its own key; empty if it is one.
    static Optional<String> requestFault(String base64) {
        Optional<Pem> block =
                decode(base64).flatMap(text -> Pem.parse(text).stream().findFirst());
        if (block.isEmpty() || !block.get().type().equals("CERTIFICATE REQUEST")) {
            return Optional.of("PEM block type must be CERTIFICATE REQUEST");
        }
        Optional<String> outer = OuterDer.requestFault(block.get().bytes());
        if (outer.isPresent()) {
            return outer;
        }
        PKCS10CertificationRequest request;
        try {
            request = new PKCS10CertificationRequest(block.get().bytes());
        } catch (IOException | RuntimeException malformed) {
            return Optional.of("asn1: structure error: " + malformed.getMessage());
        }
        return signatureFault(request);
    }

    /// Why `request` is not signed with its own key; empty if it is.
    static Optional<String> signatureFault(PKCS10CertificationRequest request) {
        String algorithm = request.getSignatureAlgorithm().getAlgorithm().getId();
        if (INSECURE.containsKey(algorithm)) {
            return Optional.of("x509: cannot verify signature: insecure algorithm " + INSECURE.get(algorithm));
        }
        try {
            var verifier = new JcaContentVerifierProviderBuilder().build(request.getSubjectPublicKeyInfo());
            return request.isSignatureValid(verifier) ? Optional.empty() : Optional.of(verificationFault(request));
        } catch (OperatorCreationException | PKCSException | RuntimeException unusable) {
            return Optional.of("x509: cannot verify signature: algorithm unimplemented");
        }
    }

    private static String verificationFault(PKCS10CertificationRequest request) {
        String algorithm =
                request.getSubjectPublicKeyInfo().getAlgorithm().getAlgorithm().getId();
        return switch (algorithm) {
            case "1.2.840.10045.2.1" -> "x509: ECDSA verification failure";
            case "1.3.101.112" -> "x509: Ed25519 verification failure";
            default -> "crypto/rsa: verification error";
        };
    }

    /// Why `base64` holds no chain of certificates; empty if it does, or is empty itself.
    static Optional<String> certificateFault(String base64) {
        if (base64.isEmpty()) {
            return Optional.empty();
        }
        List<Pem> blocks = decode(base64).map(Pem::parse).orElse(List.of());
        if (blocks.isEmpty()) {
            return Optional.of("must contain at least one CERTIFICATE PEM block");
        }
        for (Pem block : blocks) {
            if (!block.type().equals("CERTIFICATE")) {
                return Optional.of("only CERTIFICATE PEM blocks are allowed, found \"" + block.type() + "\"");
            }
            if (block.hasHeaders()) {
                return Optional.of("no PEM block headers are permitted");
            }
            try {
                CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(block.bytes()));
            } catch (CertificateException malformed) {
                return Optional.of("x509: malformed certificate");
            }
        }
        return Optional.empty();
    }

    private static Optional<String> decode(String base64) {
        try {
            return Optional.of(new String(Base64.getDecoder().decode(base64), StandardCharsets.ISO_8859_1));
        } catch (IllegalArgumentException notBase64) {
            return Optional.empty();
        }
    }
}
