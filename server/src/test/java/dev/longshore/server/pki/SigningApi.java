package dev.longshore.server.pki;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.longshore.client.Clients;
import dev.longshore.http.Request;
import dev.longshore.http.Response;
import dev.longshore.model.UserInfo;
import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequest;
import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequestBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;

/// Of the API what a node needs to ask for certificates; the test answers.
final class SigningApi {

    private static final String PATH = "/apis/certificates.k8s.io/v1/certificatesigningrequests";

    private final Map<String, CertificateSigningRequest> kept = new LinkedHashMap<>();
    private int asked;

    KubernetesClient client() {
        return Clients.inProcess(this::answer, UserInfo.of("system:node:node-1", "system:nodes"));
    }

    private Response answer(Request request) throws IOException {
        if (request.method().equals("POST") && request.path().equals(PATH)) {
            var made = Serialization.unmarshal(
                    new String(request.body().readAllBytes(), UTF_8), CertificateSigningRequest.class);
            asked++;
            String name = made.getMetadata().getGenerateName() + asked;
            return said(
                    201,
                    new CertificateSigningRequestBuilder(made)
                            .editMetadata()
                            .withName(name)
                            .endMetadata()
                            .withNewStatus()
                            .endStatus()
                            .build());
        }
        CertificateSigningRequest found = kept.get(request.path().substring(PATH.length() + 1));
        return found == null
                ? Response.json(
                        404,
                        "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"status\":\"Failure\",\"reason\":\"NotFound\",\"code\":404}"
                                .getBytes(UTF_8))
                : said(200, found);
    }

    private Response said(int status, CertificateSigningRequest request) {
        kept.put(request.getMetadata().getName(), request);
        return Response.json(status, Serialization.asJson(request).getBytes(UTF_8));
    }

    /// How often it was asked.
    int asked() {
        return asked;
    }

    CertificateSigningRequest only() {
        if (kept.size() != 1) {
            throw new AssertionError("requests: " + kept.keySet());
        }
        return last();
    }

    CertificateSigningRequest last() {
        return kept.values().stream().reduce((before, after) -> after).orElseThrow();
    }

    void issue(CertificateSigningRequest request, String chain) {
        kept.put(
                request.getMetadata().getName(),
                new CertificateSigningRequestBuilder(request)
                        .editOrNewStatus()
                        .withCertificate(Base64.getEncoder().encodeToString(chain.getBytes(UTF_8)))
                        .endStatus()
                        .build());
    }

    void strip(CertificateSigningRequest request) {
        kept.put(
                request.getMetadata().getName(),
                new CertificateSigningRequestBuilder(request).withStatus(null).build());
    }

    void deny(CertificateSigningRequest request) {
        kept.put(
                request.getMetadata().getName(),
                new CertificateSigningRequestBuilder(request)
                        .editStatus()
                        .addNewCondition()
                        .withType("Denied")
                        .withStatus("True")
                        .endCondition()
                        .endStatus()
                        .build());
    }

    void delete(CertificateSigningRequest request) {
        kept.remove(request.getMetadata().getName());
    }
}
