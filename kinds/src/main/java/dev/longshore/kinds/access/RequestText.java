package dev.longshore.kinds.access;

import dev.longshore.kinds.kit.Pem;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/// Reads what is sent and got back in a request for a certificate, as Base64 of PEM.
final class RequestText {

    private RequestText() {}

    /// Why `base64` is no request signed with its own key; empty if it is one.
    static Optional<String> requestFault(String base64) {
        Optional<Pem> block =
                decode(base64).flatMap(text -> Pem.parse(text).stream().findFirst());
        if (block.isEmpty() || !block.get().type().equals("CERTIFICATE REQUEST")) {
            return Optional.of("PEM block type must be CERTIFICATE REQUEST");
        }
        try {
            return RequestSignature.fault(RequestShape.read(block.get().bytes()));
        } catch (MalformedDer malformed) {
            return Optional.of(malformed.getMessage());
        }
    }

    /// The organizations that the request in `base64` wants for its subject; none if it cannot be read.
    static List<String> organizations(String base64) {
        Optional<Pem> block =
                decode(base64).flatMap(text -> Pem.parse(text).stream().findFirst());
        try {
            return block.isEmpty()
                    ? List.of()
                    : RequestShape.organizations(block.get().bytes());
        } catch (MalformedDer malformed) {
            return List.of();
        }
    }

    /// The name of the subject of the request in `base64`; empty if it has none, or cannot be read.
    static Optional<String> commonName(String base64) {
        Optional<Pem> block =
                decode(base64).flatMap(text -> Pem.parse(text).stream().findFirst());
        try {
            return block.isEmpty()
                    ? Optional.empty()
                    : RequestShape.commonNames(block.get().bytes()).stream().reduce((one, next) -> next);
        } catch (MalformedDer malformed) {
            return Optional.empty();
        }
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
