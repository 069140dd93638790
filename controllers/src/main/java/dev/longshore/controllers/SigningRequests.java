package dev.longshore.controllers;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequest;
import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequestCondition;
import java.util.Base64;
import java.util.List;

/// What controllers ask of requests for certificates.
final class SigningRequests {

    /// In whose name all of their controllers work.
    static final String IDENTITY = "certificate-controller";

    private static final String PATH = "/apis/certificates.k8s.io/v1/certificatesigningrequests/";

    private SigningRequests() {}

    /// True if `condition` was said and holds.
    static boolean is(CertificateSigningRequest request, String condition) {
        return conditions(request).stream()
                .anyMatch(said ->
                        said.getType().equals(condition) && said.getStatus().equals("True"));
    }

    /// True if anybody has decided.
    static boolean isDecided(CertificateSigningRequest request) {
        return conditions(request).stream()
                .anyMatch(said ->
                        said.getType().equals("Approved") || said.getType().equals("Denied"));
    }

    static boolean isIssued(CertificateSigningRequest request) {
        return request.getStatus() != null
                && request.getStatus().getCertificate() != null
                && !request.getStatus().getCertificate().isEmpty();
    }

    static List<CertificateSigningRequestCondition> conditions(CertificateSigningRequest request) {
        return request.getStatus() == null ? List.of() : request.getStatus().getConditions();
    }

    /// The request itself, PKCS#10 in PEM.
    static String text(CertificateSigningRequest request) {
        return new String(Base64.getDecoder().decode(request.getSpec().getRequest()), UTF_8);
    }

    /// Where a subresource is written.
    static String path(CertificateSigningRequest request, String subresource) {
        return PATH + request.getMetadata().getName() + "/" + subresource;
    }
}
