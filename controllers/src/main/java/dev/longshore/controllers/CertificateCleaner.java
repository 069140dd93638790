package dev.longshore.controllers;

import dev.longshore.base.Time;
import dev.longshore.client.ControllerLoop;
import dev.longshore.client.Informers;
import dev.longshore.client.Outcome;
import dev.longshore.client.Reconciler;
import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequest;
import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequestCondition;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.ByteArrayInputStream;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;

/// Deletes requests for certificates that nobody needs any more; looks at all of them every hour.
final class CertificateCleaner implements Reconciler {

    static final String NAME = "csrcleaner";

    private static final String ALL = "all";
    private static final Duration PERIOD = Duration.ofHours(1);
    private static final Duration ANSWERED = Duration.ofHours(1);
    private static final Duration UNANSWERED = Duration.ofHours(24);

    private final Informers informers;
    private final KubernetesClient client;
    private final Time time;

    private CertificateCleaner(ControllerContext context) {
        this.informers = context.informers();
        this.client = context.clients().apply(SigningRequests.IDENTITY);
        this.time = context.time();
        informers.of(CertificateSigningRequest.class);
    }

    static Controller create(ControllerContext context) {
        var loop = new ControllerLoop(NAME, new CertificateCleaner(context), 1, context.time());
        loop.queue().add(ALL);
        return Controller.of(NAME, loop);
    }

    @Override
    public Outcome reconcile(String all) {
        informers.all(CertificateSigningRequest.class).stream()
                .filter(request -> isDone(request, time.now()))
                .forEach(request -> client.resource(request).delete());
        return new Outcome.RetryAfter(PERIOD);
    }

    /// True if `request` was answered an hour ago, waited in vain for a day, or its certificate has expired.
    static boolean isDone(CertificateSigningRequest request, Instant now) {
        if (SigningRequests.conditions(request).isEmpty()) {
            return isOlder(request.getMetadata().getCreationTimestamp(), UNANSWERED, now);
        }
        return SigningRequests.conditions(request).stream().anyMatch(said -> isOver(request, said, now));
    }

    private static boolean isOver(
            CertificateSigningRequest request, CertificateSigningRequestCondition said, Instant now) {
        return switch (said.getType()) {
            case "Denied", "Failed" -> isOlder(said.getLastUpdateTime(), ANSWERED, now);
            case "Approved" ->
                SigningRequests.isIssued(request)
                        ? isOlder(said.getLastUpdateTime(), ANSWERED, now) || isExpired(request, now)
                        : isOlder(said.getLastUpdateTime(), UNANSWERED, now);
            default -> false;
        };
    }

    private static boolean isOlder(String time, Duration age, Instant now) {
        return time != null && now.isAfter(Instant.parse(time).plus(age));
    }

    private static boolean isExpired(CertificateSigningRequest request, Instant now) {
        byte[] pem = Base64.getDecoder().decode(request.getStatus().getCertificate());
        try {
            var certificate = (X509Certificate)
                    CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(pem));
            return now.isAfter(certificate.getNotAfter().toInstant());
        } catch (CertificateException unreadable) {
            return false;
        }
    }
}
