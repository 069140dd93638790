package dev.longshore.controllers;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.longshore.base.Time;
import dev.longshore.client.ControllerLoop;
import dev.longshore.client.Informers;
import dev.longshore.client.Outcome;
import dev.longshore.client.Reconciler;
import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequest;
import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequestBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;

/// Signs approved requests for certificates, for Kubernetes' own four signers, with the cluster's authority.
final class CertificateSigningController implements Reconciler {

    static final String NAME = "csrsigning";

    private final Informers informers;
    private final KubernetesClient client;
    private final CertificateSigner signer;
    private final Duration longest;
    private final Time time;

    private CertificateSigningController(ControllerContext context) {
        this.informers = context.informers();
        this.client = context.clients().apply(SigningRequests.IDENTITY);
        this.signer = context.signer();
        this.longest = context.signing();
        this.time = context.time();
    }

    static Controller create(ControllerContext context) {
        var loop = new ControllerLoop(NAME, new CertificateSigningController(context), 1, context.time());
        context.informers()
                .onChange(
                        CertificateSigningRequest.class, request -> loop.queue().add(Keys.of(request)));
        return Controller.of(NAME, loop);
    }

    @Override
    public Outcome reconcile(String key) {
        Optional<CertificateSigningRequest> found = informers
                .find(CertificateSigningRequest.class, key)
                .filter(request -> CertificateSigners.isOurs(request.getSpec().getSignerName())
                        && SigningRequests.is(request, "Approved")
                        && !SigningRequests.is(request, "Denied")
                        && !SigningRequests.is(request, "Failed")
                        && !SigningRequests.isIssued(request));
        if (found.isEmpty()) {
            return Outcome.done();
        }
        try {
            answer(found.get());
            return Outcome.done();
        } catch (IllegalArgumentException unreadable) {
            return new Outcome.GiveUp(unreadable.getMessage());
        }
    }

    private void answer(CertificateSigningRequest request) {
        String text = SigningRequests.text(request);
        var spec = request.getSpec();
        Optional<String> fault = CertificateSigners.fault(spec.getSignerName(), signer.subject(text), spec.getUsages());
        CertificateSigningRequest answered = fault.isPresent()
                ? failed(request, fault.get())
                : new CertificateSigningRequestBuilder(request)
                        .editStatus()
                        .withCertificate(base64(signer.sign(
                                text,
                                spec.getUsages(),
                                CertificateSigner.Validity.of(
                                        CertificateSigners.lifetime(spec.getExpirationSeconds(), longest),
                                        time.now()))))
                        .endStatus()
                        .build();
        client.raw(SigningRequests.path(request, "status"), "PUT", answered);
    }

    private CertificateSigningRequest failed(CertificateSigningRequest request, String why) {
        return new CertificateSigningRequestBuilder(request)
                .editStatus()
                .addNewCondition()
                .withType("Failed")
                .withStatus("True")
                .withReason("SignerValidationFailure")
                .withMessage(why)
                .withLastUpdateTime(
                        Instant.ofEpochSecond(time.now().getEpochSecond()).toString())
                .endCondition()
                .endStatus()
                .build();
    }

    private static String base64(String pem) {
        return Base64.getEncoder().encodeToString(pem.getBytes(UTF_8));
    }
}
