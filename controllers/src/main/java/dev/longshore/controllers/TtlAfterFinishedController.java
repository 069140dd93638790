package dev.longshore.controllers;

import dev.longshore.base.Time;
import dev.longshore.client.ControllerLoop;
import dev.longshore.client.Informers;
import dev.longshore.client.Outcome;
import dev.longshore.client.Reconciler;
import io.fabric8.kubernetes.api.model.DeletionPropagation;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// Deletes Jobs `ttlSecondsAfterFinished` after they have ended.
final class TtlAfterFinishedController implements Reconciler {

    static final String NAME = "ttl-after-finished-controller";

    private final Informers informers;
    private final KubernetesClient client;
    private final Time time;

    private TtlAfterFinishedController(ControllerContext context) {
        this.informers = context.informers();
        this.client = context.clients().apply(NAME);
        this.time = context.time();
    }

    static Controller create(ControllerContext context) {
        var loop = new ControllerLoop(NAME, new TtlAfterFinishedController(context), 1, context.time());
        context.informers().onChange(Job.class, job -> {
            if (expiry(job).isPresent()) {
                loop.queue().add(Keys.of(job));
            }
        });
        return Controller.of(NAME, loop);
    }

    @Override
    public Outcome reconcile(String key) {
        Optional<Job> job = informers.find(Job.class, key).filter(found -> !Keys.isBeingDeleted(found));
        Optional<Instant> expiry = job.flatMap(TtlAfterFinishedController::expiry);
        if (expiry.isEmpty()) {
            return Outcome.done();
        }
        Duration left = Duration.between(time.now(), expiry.get());
        if (left.isPositive()) {
            return new Outcome.RetryAfter(left);
        }
        // The informer may lag behind a longer time to live: the server knows.
        Job stored = client.resource(job.get()).get();
        if (stored == null || Keys.isBeingDeleted(stored)) {
            return Outcome.done();
        }
        Optional<Instant> latest = expiry(stored);
        if (latest.isEmpty()) {
            return Outcome.done();
        }
        left = Duration.between(time.now(), latest.get());
        if (left.isPositive()) {
            return new Outcome.RetryAfter(left);
        }
        PreciseDeletion.of(stored).propagated(DeletionPropagation.FOREGROUND).send(client);
        return Outcome.done();
    }

    /// When `job` is to be deleted, if it is to be and has ended.
    static Optional<Instant> expiry(Job job) {
        Integer ttl = job.getSpec().getTtlSecondsAfterFinished();
        return ttl == null
                ? Optional.empty()
                : JobConditions.finished(job)
                        .map(condition ->
                                Instant.parse(condition.getLastTransitionTime()).plusSeconds(ttl));
    }
}
