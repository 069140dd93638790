package dev.longshore.controllers;

import dev.longshore.base.Time;
import dev.longshore.client.ControllerLoop;
import dev.longshore.client.Outcome;
import dev.longshore.client.Reconciler;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.time.LocalDate;

/// Keeps the ConfigMap that says since which day uses of tokens in Secrets are written down.
final class LegacyTokenTracking implements Reconciler {

    static final String NAME = "legacy-token-tracking-controller";
    static final String NAMESPACE = "kube-system";
    static final String MAP = "kube-apiserver-legacy-service-account-token-tracking";
    static final String SINCE = "since";

    /// Who takes it away has it back within this.
    private static final Duration PERIOD = Duration.ofMinutes(30);

    private final KubernetesClient client;
    private final Time time;

    private LegacyTokenTracking(ControllerContext context) {
        this.client = context.clients().apply(NAME);
        this.time = context.time();
    }

    static Controller create(ControllerContext context) {
        var loop = new ControllerLoop(NAME, new LegacyTokenTracking(context), 1, context.time());
        loop.queue().add(MAP);
        return Controller.of(NAME, loop);
    }

    @Override
    public Outcome reconcile(String map) {
        ConfigMap found =
                client.configMaps().inNamespace(NAMESPACE).withName(MAP).get();
        LocalDate today = LegacyTokens.today(time.now());
        if (found == null) {
            client.resource(new ConfigMapBuilder()
                            .withNewMetadata()
                            .withNamespace(NAMESPACE)
                            .withName(MAP)
                            .endMetadata()
                            .addToData(SINCE, today.toString())
                            .build())
                    .create();
        } else if (LegacyTokens.date(found.getData().get(SINCE)).isEmpty()) {
            client.resource(new ConfigMapBuilder(found)
                            .addToData(SINCE, today.toString())
                            .build())
                    .update();
        }
        return new Outcome.RetryAfter(PERIOD);
    }
}
