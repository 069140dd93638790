package dev.longshore.guests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.longshore.testkit.LongshoreCluster;
import dev.longshore.testkit.LongshoreExtension;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.Version;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// What a project with fabric8 7 sees of a cluster in its own JVM.
@ExtendWith(LongshoreExtension.class)
class OperatorTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private KubernetesClient client;

    @BeforeEach
    void connect(LongshoreCluster cluster) {
        client = new KubernetesClientBuilder()
                .withConfig(Config.fromKubeconfig(cluster.kubeconfig()))
                .build();
    }

    @AfterEach
    void disconnect() {
        client.close();
    }

    @Test
    void theTestsOwnLibrariesAreInUse() {
        assertThat(Version.clientVersion()).startsWith("7.");
    }

    @Test
    void aDeploymentsPodsRunOnTheHollowNodes() {
        client.resource(new DeploymentBuilder()
                        .withNewMetadata()
                        .withNamespace("default")
                        .withName("web")
                        .endMetadata()
                        .withNewSpec()
                        .withReplicas(3)
                        .withNewSelector()
                        .withMatchLabels(Map.of("app", "web"))
                        .endSelector()
                        .withNewTemplate()
                        .withNewMetadata()
                        .withLabels(Map.of("app", "web"))
                        .endMetadata()
                        .withNewSpec()
                        .addNewContainer()
                        .withName("main")
                        .withImage("example.test/web:1")
                        .endContainer()
                        .endSpec()
                        .endTemplate()
                        .endSpec()
                        .build())
                .create();

        client.apps()
                .deployments()
                .inNamespace("default")
                .withName("web")
                .waitUntilCondition(
                        deployment -> deployment.getStatus() != null
                                && Integer.valueOf(3)
                                        .equals(deployment.getStatus().getAvailableReplicas()),
                        PATIENCE.toSeconds(),
                        java.util.concurrent.TimeUnit.SECONDS);
        List<Pod> pods = client.pods()
                .inNamespace("default")
                .withLabel("app", "web")
                .list()
                .getItems();
        assertThat(pods).hasSize(3).allSatisfy(pod -> {
            assertThat(pod.getSpec().getNodeName()).startsWith("node-");
            assertThat(pod.getStatus().getPodIP()).startsWith("10.244.");
        });

        client.apps().deployments().inNamespace("default").withName("web").delete();

        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(client.pods()
                                .inNamespace("default")
                                .withLabel("app", "web")
                                .list()
                                .getItems())
                        .isEmpty());
    }
}
