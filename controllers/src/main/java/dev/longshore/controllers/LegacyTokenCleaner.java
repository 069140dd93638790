package dev.longshore.controllers;

import dev.longshore.base.Json;
import dev.longshore.base.Time;
import dev.longshore.client.ControllerLoop;
import dev.longshore.client.Informers;
import dev.longshore.client.Outcome;
import dev.longshore.client.Patches;
import dev.longshore.client.Reconciler;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// Gives up tokens in Secrets that nobody has used for long, as [LegacyTokens] judges them; once a day.
final class LegacyTokenCleaner implements Reconciler {

    static final String NAME = "legacy-service-account-token-cleaner";

    private static final String ALL = "all";
    private static final Duration PERIOD = Duration.ofHours(24);

    private final Informers informers;
    private final KubernetesClient client;
    private final Time time;

    private LegacyTokenCleaner(ControllerContext context) {
        this.informers = context.informers();
        this.client = context.clients().apply(NAME);
        this.time = context.time();
        List.of(Secret.class, ServiceAccount.class, Pod.class).forEach(informers::of);
    }

    static Controller create(ControllerContext context) {
        var loop = new ControllerLoop(NAME, new LegacyTokenCleaner(context), 1, context.time());
        loop.queue().add(ALL);
        return Controller.of(NAME, loop);
    }

    @Override
    public Outcome reconcile(String all) {
        Instant now = time.now();
        ConfigMap tracking = client.configMaps()
                .inNamespace(LegacyTokenTracking.NAMESPACE)
                .withName(LegacyTokenTracking.MAP)
                .get();
        String since = tracking == null ? null : tracking.getData().get(LegacyTokenTracking.SINCE);
        if (LegacyTokens.isTrackedLongEnough(since, now)) {
            informers.all(Secret.class).forEach(token -> judge(token, now));
        }
        return new Outcome.RetryAfter(PERIOD);
    }

    private void judge(Secret token, Instant now) {
        String namespace = token.getMetadata().getNamespace();
        Optional<ServiceAccount> account =
                informers.find(ServiceAccount.class, namespace + "/" + LegacyTokens.accountOf(token));
        switch (LegacyTokens.verdict(token, account, informers.in(Pod.class, namespace), now)) {
            case KEEP -> {}
            case INVALIDATE -> invalidate(token, now);
            // Locked: one that was used meanwhile stays.
            case DELETE ->
                PreciseDeletion.of(token)
                        .ofVersion(token.getMetadata().getResourceVersion())
                        .send(client);
        }
    }

    private void invalidate(Secret token, Instant now) {
        var patch = Json.object();
        var metadata =
                patch.putObject("metadata").put("uid", token.getMetadata().getUid());
        metadata.putObject("labels")
                .put(LegacyTokens.INVALID_SINCE, LegacyTokens.today(now).toString());
        String path = "/api/v1/namespaces/%s/secrets/%s"
                .formatted(
                        token.getMetadata().getNamespace(), token.getMetadata().getName());
        Patches.merge(client, path, patch);
    }
}
