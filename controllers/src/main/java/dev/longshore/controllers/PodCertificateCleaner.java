package dev.longshore.controllers;

import dev.longshore.base.Time;
import dev.longshore.client.ControllerLoop;
import dev.longshore.client.Informers;
import dev.longshore.client.Outcome;
import dev.longshore.client.Reconciler;
import io.fabric8.kubernetes.api.model.certificates.v1beta1.PodCertificateRequest;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.time.Instant;

/// Deletes requests for pods' certificates a quarter of an hour after they were made, whatever came of them:
/// the pod has its certificate by then or asks again. Looks every five minutes. Works where the API serves the
/// kind, which it does not unless told to.
final class PodCertificateCleaner implements Reconciler {

    static final String NAME = "podcertificaterequestcleaner";

    private static final String ALL = "all";
    private static final Duration PERIOD = Duration.ofMinutes(5);
    private static final Duration LONGEST = Duration.ofMinutes(15);

    private final Informers informers;
    private final KubernetesClient client;
    private final Time time;

    private PodCertificateCleaner(ControllerContext context) {
        this.informers = context.informers();
        this.client = context.clients().apply(NAME);
        this.time = context.time();
        informers.of(PodCertificateRequest.class);
    }

    static Controller create(ControllerContext context) {
        if (!ServedKinds.has(context.clients().apply(NAME), PodCertificateRequest.class)) {
            return Controller.idle(NAME, context.time());
        }
        var loop = new ControllerLoop(NAME, new PodCertificateCleaner(context), 1, context.time());
        loop.queue().add(ALL);
        return Controller.of(NAME, loop);
    }

    @Override
    public Outcome reconcile(String all) {
        informers.all(PodCertificateRequest.class).stream()
                .filter(request -> isOld(request, time.now()))
                .forEach(request -> PreciseDeletion.of(request).send(client));
        return new Outcome.RetryAfter(PERIOD);
    }

    static boolean isOld(PodCertificateRequest request, Instant now) {
        Instant made = Instant.parse(request.getMetadata().getCreationTimestamp());
        return !now.isBefore(made.plus(LONGEST));
    }
}
