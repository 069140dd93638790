package dev.longshore.controllers;

import dev.longshore.base.Time;
import dev.longshore.client.ControllerLoop;
import dev.longshore.client.Informers;
import dev.longshore.client.Outcome;
import dev.longshore.client.Reconciler;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// Deletes bootstrap tokens at their end.
final class BootstrapTokenCleaner implements Reconciler {

    static final String NAME = "token-cleaner";

    private final Informers informers;
    private final KubernetesClient client;
    private final Time time;

    private BootstrapTokenCleaner(ControllerContext context) {
        this.informers = context.informers();
        this.client = context.clients().apply(NAME);
        this.time = context.time();
    }

    static Controller create(ControllerContext context) {
        var loop = new ControllerLoop(NAME, new BootstrapTokenCleaner(context), 1, context.time());
        context.informers().onChange(Secret.class, secret -> {
            if (BootstrapTokens.isToken(secret)) {
                loop.queue().add(Keys.of(secret));
            }
        });
        return Controller.of(NAME, loop);
    }

    @Override
    public Outcome reconcile(String key) {
        Optional<Secret> secret = informers
                .find(Secret.class, key)
                .filter(found -> BootstrapTokens.isToken(found) && !Keys.isBeingDeleted(found));
        Optional<Instant> end = secret.flatMap(BootstrapTokens::end);
        if (end.isEmpty()) {
            return Outcome.done();
        }
        Duration left = Duration.between(time.now(), end.get());
        if (left.isPositive()) {
            return new Outcome.RetryAfter(left);
        }
        client.resource(secret.get()).delete();
        return Outcome.done();
    }
}
