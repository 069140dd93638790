package dev.longshore.bench;

import dev.longshore.base.Json;
import dev.longshore.base.Time;
import dev.longshore.server.HollowCluster;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.function.BooleanSupplier;
import tools.jackson.databind.JsonNode;

/// A cluster of hollow nodes in this JVM, with a namespace to work in and a client that speaks to it over TLS
/// as any other would.
final class HollowBench implements AutoCloseable {

    static final String NAMESPACE = "bench";
    static final int PODS_A_NODE = 110;

    private static final Duration LIMIT = Duration.ofMinutes(10);
    private static final Duration POLL = Duration.ofMillis(100);

    private final Time time = Time.system();
    private final Path scratch;
    private final HollowCluster cluster;
    private final KubernetesClient client;

    /// A cluster with room for `pods` pods, a tenth of it to spare.
    HollowBench(int pods) throws IOException, InterruptedException {
        int nodes = Math.ceilDiv(pods + pods / 10, PODS_A_NODE);
        this.scratch = Files.createTempDirectory("longshore-bench");
        this.cluster = new HollowCluster(nodes, scratch);
        this.client = new KubernetesClientBuilder()
                .withConfig(Config.fromKubeconfig(cluster.kubeconfig()))
                .build();
        client.resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withName(NAMESPACE)
                        .endMetadata()
                        .build())
                .create();
        await(() -> client.serviceAccounts()
                        .inNamespace(NAMESPACE)
                        .withName("default")
                        .get()
                != null);
        System.out.printf("%d hollow nodes of %d pods%n", nodes, PODS_A_NODE);
    }

    KubernetesClient client() {
        return client;
    }

    Time time() {
        return time;
    }

    /// Looks every tenth of a second whether `condition` holds.
    ///
    /// @throws IllegalStateException when it does not hold within ten minutes
    void await(BooleanSupplier condition) throws InterruptedException {
        long begun = time.nanoTime();
        while (!condition.getAsBoolean()) {
            if (time.nanoTime() - begun > LIMIT.toNanos()) {
                throw new IllegalStateException("not within " + LIMIT);
            }
            time.sleep(POLL);
        }
    }

    /// Makes a Deployment of pods with one container.
    void deploy(String name, int replicas) {
        client.resource(deployment(name, replicas)).create();
    }

    /// How many objects of a kind of the core group there are in the namespace.
    int count(String plural) {
        JsonNode list = Json.parse(client.raw("/api/v1/namespaces/%s/%s?limit=1".formatted(NAMESPACE, plural)));
        return list.path("items").size()
                + list.path("metadata").path("remainingItemCount").asInt(0);
    }

    Deployment deployment(String name) {
        return client.apps().deployments().inNamespace(NAMESPACE).withName(name).get();
    }

    /// Gives the pods of a Deployment another image.
    void roll(String name, String image) {
        client.apps()
                .deployments()
                .inNamespace(NAMESPACE)
                .withName(name)
                .patch(PatchContext.of(PatchType.STRATEGIC_MERGE), """
                        {"spec":{"template":{"spec":{"containers":[{"name":"main","image":"%s"}]}}}}
                        """.formatted(image));
    }

    /// True if all replicas are of the newest template and available.
    boolean isComplete(Deployment deployment) {
        var status = deployment.getStatus();
        int wanted = deployment.getSpec().getReplicas();
        return status != null
                && deployment.getMetadata().getGeneration().equals(status.getObservedGeneration())
                && wanted == orZero(status.getUpdatedReplicas())
                && wanted == orZero(status.getReplicas())
                && wanted == orZero(status.getAvailableReplicas());
    }

    @Override
    public void close() throws IOException {
        client.close();
        cluster.close();
        try (var below = Files.walk(scratch)) {
            for (Path each : below.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(each);
            }
        }
    }

    private static int orZero(Integer count) {
        return count == null ? 0 : count;
    }

    private static Deployment deployment(String name, int replicas) {
        return new DeploymentBuilder()
                .withNewMetadata()
                .withNamespace(NAMESPACE)
                .withName(name)
                .addToLabels("app", name)
                .endMetadata()
                .withNewSpec()
                .withReplicas(replicas)
                .withNewSelector()
                .addToMatchLabels("app", name)
                .endSelector()
                .withNewTemplate()
                .withNewMetadata()
                .addToLabels("app", name)
                .endMetadata()
                .withNewSpec()
                .withTerminationGracePeriodSeconds(1L)
                .addNewContainer()
                .withName("main")
                .withImage("registry.example/web:1")
                .withNewResources()
                .addToRequests("cpu", new Quantity("10m"))
                .addToRequests("memory", new Quantity("16Mi"))
                .endResources()
                .endContainer()
                .endSpec()
                .endTemplate()
                .endSpec()
                .build();
    }
}
