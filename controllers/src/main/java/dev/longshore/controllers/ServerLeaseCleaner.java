package dev.longshore.controllers;

import dev.longshore.base.Time;
import dev.longshore.client.ControllerLoop;
import dev.longshore.client.Outcome;
import dev.longshore.client.Reconciler;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.time.Instant;

/// Deletes the leases by which API servers said that they live, when they no longer do.
final class ServerLeaseCleaner implements Reconciler {

    static final String NAME = "apiserver-lease-garbage-collector";

    private static final String NAMESPACE = "kube-system";
    private static final String ALL = "all";
    private static final Duration PERIOD = Duration.ofHours(1);

    private final KubernetesClient client;
    private final Time time;

    private ServerLeaseCleaner(ControllerContext context) {
        this.client = context.clients().apply(ServerLeaseKeeper.NAME);
        this.time = context.time();
    }

    static Controller create(ControllerContext context) {
        var loop = new ControllerLoop(NAME, new ServerLeaseCleaner(context), 1, context.time());
        loop.queue().add(ALL);
        return Controller.of(NAME, loop);
    }

    @Override
    public Outcome reconcile(String all) {
        client
                .leases()
                .inNamespace(NAMESPACE)
                .withLabel(ServerLeaseKeeper.LABEL, ServerLeaseKeeper.KUBE_API_SERVER)
                .list()
                .getItems()
                .stream()
                .filter(lease -> hasEnded(lease, time.now()))
                .forEach(lease -> client.resource(lease).delete());
        return new Outcome.RetryAfter(PERIOD);
    }

    /// True of one that was not renewed in time, or does not say when it was.
    static boolean hasEnded(Lease lease, Instant now) {
        return lease.getSpec() == null
                || lease.getSpec().getRenewTime() == null
                || lease.getSpec().getLeaseDurationSeconds() == null
                || lease.getSpec()
                        .getRenewTime()
                        .toInstant()
                        .plusSeconds(lease.getSpec().getLeaseDurationSeconds())
                        .isBefore(now);
    }
}
