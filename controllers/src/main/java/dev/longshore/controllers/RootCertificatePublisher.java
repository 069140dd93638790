package dev.longshore.controllers;

import dev.longshore.client.ControllerLoop;
import dev.longshore.client.Informers;
import dev.longshore.client.Outcome;
import dev.longshore.client.Reconciler;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.Map;
import java.util.Optional;

/// Puts the cluster's root certificate as ConfigMap `kube-root-ca.crt` into each namespace, where pods find it.
final class RootCertificatePublisher implements Reconciler {

    static final String NAME = "root-ca-certificate-publisher-controller";

    /// Its ServiceAccount, which has another name than it.
    private static final String IDENTITY = "root-ca-cert-publisher";

    private static final String CONFIG_MAP = "kube-root-ca.crt";
    private static final String ABOUT = "kubernetes.io/description";
    private static final String DESCRIPTION =
            "Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the"
                    + " internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions"
                    + " of Kubernetes clusters.";

    private final Informers informers;
    private final KubernetesClient client;
    private final RootCertificate root;

    private RootCertificatePublisher(ControllerContext context) {
        this.informers = context.informers();
        this.client = context.clients().apply(IDENTITY);
        this.root = context.rootCertificate();
    }

    static Controller create(ControllerContext context) {
        var loop = new ControllerLoop(NAME, new RootCertificatePublisher(context), 1, context.time());
        context.informers().onChange(Namespace.class, namespace -> loop.queue().add(Keys.of(namespace)));
        context.informers().onChange(ConfigMap.class, map -> {
            if (map.getMetadata().getName().equals(CONFIG_MAP)) {
                loop.queue().add(map.getMetadata().getNamespace());
            }
        });
        context.rootCertificate()
                .onChange(() -> context.informers()
                        .all(Namespace.class)
                        .forEach(namespace -> loop.queue().add(Keys.of(namespace))));
        return Controller.of(NAME, loop);
    }

    @Override
    public Outcome reconcile(String namespace) {
        boolean isActive = informers
                .find(Namespace.class, namespace)
                .filter(found -> !Keys.isBeingDeleted(found))
                .isPresent();
        if (!isActive) {
            return Outcome.done();
        }
        Optional<ConfigMap> present = informers.find(ConfigMap.class, Keys.of(namespace, CONFIG_MAP));
        if (present.isEmpty()) {
            create(namespace);
        } else if (!data().equals(present.get().getData())
                || StorageClaims.annotations(present.get())
                        .getOrDefault(ABOUT, "")
                        .isEmpty()) {
            client.resource(new ConfigMapBuilder(present.get())
                            .editMetadata()
                            .addToAnnotations(ABOUT, DESCRIPTION)
                            .endMetadata()
                            .withData(data())
                            .build())
                    .update();
        }
        return Outcome.done();
    }

    private Map<String, String> data() {
        return Map.of("ca.crt", root.pem());
    }

    private void create(String namespace) {
        try {
            client.resource(new ConfigMapBuilder()
                            .withNewMetadata()
                            .withNamespace(namespace)
                            .withName(CONFIG_MAP)
                            .addToAnnotations(ABOUT, DESCRIPTION)
                            .endMetadata()
                            .withData(data())
                            .build())
                    .create();
        } catch (KubernetesClientException refused) {
            boolean isNeedless = Refusals.isAlreadyThere(refused)
                    || Refusals.isNotFound(refused)
                    || Refusals.isOfEndingNamespace(refused);
            if (!isNeedless) {
                throw refused;
            }
        }
    }
}
