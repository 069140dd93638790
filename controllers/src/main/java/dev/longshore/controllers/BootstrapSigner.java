package dev.longshore.controllers;

import dev.longshore.base.Time;
import dev.longshore.client.ControllerLoop;
import dev.longshore.client.Informers;
import dev.longshore.client.Outcome;
import dev.longshore.client.Reconciler;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/// Signs the kubeconfig in `kube-public/cluster-info`, if somebody has put one there, with each bootstrap token.
final class BootstrapSigner implements Reconciler {

    static final String NAME = "bootstrap-signer";

    private static final String MAP = "kube-public/cluster-info";
    private static final String TEXT = "kubeconfig";
    private static final String SIGNATURE = "jws-kubeconfig-";

    private final Informers informers;
    private final KubernetesClient client;
    private final Time time;

    private BootstrapSigner(ControllerContext context) {
        this.informers = context.informers();
        this.client = context.clients().apply(NAME);
        this.time = context.time();
    }

    static Controller create(ControllerContext context) {
        var loop = new ControllerLoop(NAME, new BootstrapSigner(context), 1, context.time());
        context.informers().onChange(ConfigMap.class, map -> {
            if (Keys.of(map).equals(MAP)) {
                loop.queue().add(MAP);
            }
        });
        context.informers().onChange(Secret.class, secret -> {
            if (BootstrapTokens.isToken(secret)) {
                loop.queue().add(MAP);
            }
        });
        return Controller.of(NAME, loop);
    }

    @Override
    public Outcome reconcile(String key) {
        informers.find(ConfigMap.class, MAP).ifPresent(map -> {
            var signed = signed(
                    Objects.requireNonNullElse(map.getData(), Map.of()),
                    informers.in(Secret.class, BootstrapTokens.NAMESPACE),
                    time.now());
            if (!signed.equals(map.getData())) {
                client.resource(new ConfigMapBuilder(map).withData(signed).build())
                        .update();
            }
        });
        return Outcome.done();
    }

    /// `data` with a signature of each token in `secrets`, and no other.
    static Map<String, String> signed(Map<String, String> data, List<Secret> secrets, Instant now) {
        var signed = new TreeMap<>(data);
        signed.keySet().removeIf(name -> name.startsWith(SIGNATURE));
        String text = data.get(TEXT);
        if (text != null) {
            secrets.forEach(secret -> BootstrapTokens.signing(secret, now)
                    .ifPresent(token -> signed.put(SIGNATURE + token.id(), BootstrapTokens.signature(token, text))));
        }
        return signed;
    }
}
