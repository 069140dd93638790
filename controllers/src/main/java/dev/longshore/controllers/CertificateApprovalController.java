package dev.longshore.controllers;

import dev.longshore.base.Time;
import dev.longshore.client.ControllerLoop;
import dev.longshore.client.Informers;
import dev.longshore.client.Outcome;
import dev.longshore.client.Reconciler;
import io.fabric8.kubernetes.api.model.authorization.v1.SubjectAccessReview;
import io.fabric8.kubernetes.api.model.authorization.v1.SubjectAccessReviewBuilder;
import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequest;
import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequestBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Approves the requests of kubelets for client certificates, if whoever asks may ask for it.
final class CertificateApprovalController implements Reconciler {

    static final String NAME = "csrapproving";

    /// What may be asked for, as a subresource that only access reviews know.
    enum Kind {
        /// By the node itself.
        SELF("selfnodeclient", "Auto approving self kubelet client certificate after SubjectAccessReview."),
        /// By somebody who brings the node up.
        OTHER("nodeclient", "Auto approving kubelet client certificate after SubjectAccessReview.");

        private final String permission;
        private final String message;

        Kind(String permission, String message) {
            this.permission = permission;
            this.message = message;
        }
    }

    private final Informers informers;
    private final KubernetesClient client;
    private final CertificateSigner signer;
    private final Time time;

    private CertificateApprovalController(ControllerContext context) {
        this.informers = context.informers();
        this.client = context.clients().apply(SigningRequests.IDENTITY);
        this.signer = context.signer();
        this.time = context.time();
    }

    static Controller create(ControllerContext context) {
        var loop = new ControllerLoop(NAME, new CertificateApprovalController(context), 1, context.time());
        context.informers()
                .onChange(
                        CertificateSigningRequest.class, request -> loop.queue().add(Keys.of(request)));
        return Controller.of(NAME, loop);
    }

    @Override
    public Outcome reconcile(String key) {
        Optional<CertificateSigningRequest> found = informers
                .find(CertificateSigningRequest.class, key)
                .filter(request -> !SigningRequests.isIssued(request) && !SigningRequests.isDecided(request));
        if (found.isEmpty()) {
            return Outcome.done();
        }
        CertificateSigningRequest request = found.get();
        List<Kind> kinds;
        try {
            kinds = kinds(request, signer.subject(SigningRequests.text(request)));
        } catch (IllegalArgumentException unreadable) {
            return new Outcome.GiveUp(unreadable.getMessage());
        }
        for (Kind kind : kinds) {
            if (isAllowed(request, kind)) {
                approve(request, kind);
                return Outcome.done();
            }
        }
        return Outcome.done();
    }

    /// What `request` can be taken for, the best first.
    static List<Kind> kinds(CertificateSigningRequest request, CertificateSigner.Subject subject) {
        var kinds = new ArrayList<Kind>();
        boolean isOfKubelet = request.getSpec().getSignerName().equals(CertificateSigners.KUBELET_CLIENT)
                && CertificateSigners.fault(
                                CertificateSigners.KUBELET_CLIENT,
                                subject,
                                request.getSpec().getUsages())
                        .isEmpty();
        if (isOfKubelet && subject.commonName().equals(request.getSpec().getUsername())) {
            kinds.add(Kind.SELF);
        }
        if (isOfKubelet) {
            kinds.add(Kind.OTHER);
        }
        return kinds;
    }

    private boolean isAllowed(CertificateSigningRequest request, Kind kind) {
        SubjectAccessReview review = client.authorization()
                .v1()
                .subjectAccessReview()
                .create(new SubjectAccessReviewBuilder()
                        .withNewSpec()
                        .withUser(request.getSpec().getUsername())
                        .withUid(request.getSpec().getUid())
                        .withGroups(request.getSpec().getGroups())
                        .withExtra(request.getSpec().getExtra())
                        .withNewResourceAttributes()
                        .withGroup("certificates.k8s.io")
                        .withResource("certificatesigningrequests")
                        .withSubresource(kind.permission)
                        .withVersion("*")
                        .withVerb("create")
                        .endResourceAttributes()
                        .endSpec()
                        .build());
        return Boolean.TRUE.equals(review.getStatus().getAllowed());
    }

    private void approve(CertificateSigningRequest request, Kind kind) {
        String now = Instant.ofEpochSecond(time.now().getEpochSecond()).toString();
        var approved = new CertificateSigningRequestBuilder(request)
                .editOrNewStatus()
                .addNewCondition()
                .withType("Approved")
                .withStatus("True")
                .withReason("AutoApproved")
                .withMessage(kind.message)
                .withLastUpdateTime(now)
                .endCondition()
                .endStatus()
                .build();
        client.raw(SigningRequests.path(request, "approval"), "PUT", approved);
    }
}
