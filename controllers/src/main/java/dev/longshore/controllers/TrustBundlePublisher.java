package dev.longshore.controllers;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.longshore.client.ControllerLoop;
import dev.longshore.client.Informers;
import dev.longshore.client.Outcome;
import dev.longshore.client.Reconciler;
import io.fabric8.kubernetes.api.model.certificates.v1beta1.ClusterTrustBundle;
import io.fabric8.kubernetes.api.model.certificates.v1beta1.ClusterTrustBundleBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/// Publishes whom to believe about the API server as the ClusterTrustBundle of the signer
/// `kubernetes.io/kube-apiserver-serving`, whose other bundles go. Works where the API serves the kind, which
/// it does not unless told to.
final class TrustBundlePublisher implements Reconciler {

    static final String NAME = "kube-apiserver-serving-clustertrustbundle-publisher";
    static final String SIGNER = "kubernetes.io/kube-apiserver-serving";

    private static final String ALL = "all";
    private static final int HASH_BYTES = 12;

    private final Informers informers;
    private final KubernetesClient client;
    private final RootCertificate root;

    private TrustBundlePublisher(ControllerContext context) {
        this.informers = context.informers();
        this.client = context.clients().apply(NAME);
        this.root = context.rootCertificate();
    }

    static Controller create(ControllerContext context) {
        if (!ServedKinds.has(context.clients().apply(NAME), ClusterTrustBundle.class)) {
            return Controller.idle(NAME, context.time());
        }
        var loop = new ControllerLoop(NAME, new TrustBundlePublisher(context), 1, context.time());
        context.informers()
                .onChange(ClusterTrustBundle.class, bundle -> loop.queue().add(ALL));
        context.rootCertificate().onChange(() -> loop.queue().add(ALL));
        loop.queue().add(ALL);
        return Controller.of(NAME, loop);
    }

    @Override
    public Outcome reconcile(String all) {
        String anchors = root.pem();
        String name = name(anchors);
        Optional<ClusterTrustBundle> present = informers.find(ClusterTrustBundle.class, name);
        if (present.isEmpty()) {
            create(name, anchors);
        } else if (!present.get().getSpec().getTrustBundle().equals(anchors)) {
            client.resource(new ClusterTrustBundleBuilder(present.get())
                            .editSpec()
                            .withTrustBundle(anchors)
                            .endSpec()
                            .build())
                    .update();
        }
        others(name).forEach(bundle -> client.resource(bundle).delete());
        return Outcome.done();
    }

    private void create(String name, String anchors) {
        try {
            client.resource(new ClusterTrustBundleBuilder()
                            .withNewMetadata()
                            .withName(name)
                            .endMetadata()
                            .withNewSpec()
                            .withSignerName(SIGNER)
                            .withTrustBundle(anchors)
                            .endSpec()
                            .build())
                    .create();
        } catch (KubernetesClientException refused) {
            if (!Refusals.isAlreadyThere(refused)) {
                throw refused;
            }
        }
    }

    private List<ClusterTrustBundle> others(String name) {
        return informers.all(ClusterTrustBundle.class).stream()
                .filter(bundle -> SIGNER.equals(bundle.getSpec().getSignerName())
                        && !bundle.getMetadata().getName().equals(name))
                .toList();
    }

    /// A bundle's name tells what is in it.
    static String name(String anchors) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(anchors.getBytes(UTF_8));
            return SIGNER.replace('/', ':') + ":" + HexFormat.of().formatHex(Arrays.copyOf(hash, HASH_BYTES));
        } catch (NoSuchAlgorithmException missing) {
            throw new AssertionError("every JDK has SHA-256", missing);
        }
    }
}
