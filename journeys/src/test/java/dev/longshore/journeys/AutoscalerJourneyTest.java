package dev.longshore.journeys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/// What an autoscaler does where it cannot tell how busy its pods are: it keeps its bounds, and says what it misses.
@ExtendWith(HollowShared.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Order(18)
class AutoscalerJourneyTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private KubernetesClient client;

    @BeforeAll
    void connect() {
        client = HollowShared.client();
    }

    @AfterAll
    void disconnect() {
        client.close();
    }

    @Test
    void boundsAreKeptAndWhatIsMissingIsSaid() {
        Kubectl kubectl = Kubectl.both().skip(1).findFirst().orElseThrow().fresh("scaling");
        kubectl.ok("create", "deployment", "web", "--image=nginx");
        kubectl.ok("autoscale", "deployment", "web", "--min=3", "--max=5", "--cpu-percent=50");

        var autoscalers = client.resources(HorizontalPodAutoscaler.class).inNamespace(kubectl.namespace());
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(kubectl.ok("get", "deployment/web", "-o", "jsonpath={.spec.replicas}"))
                        .isEqualTo("3"));
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(
                                autoscalers.withName("web").get().getStatus().getConditions())
                        .anySatisfy(condition -> {
                            assertThat(condition.getType()).isEqualTo("ScalingActive");
                            assertThat(condition.getReason()).isEqualTo("FailedGetResourceMetric");
                            assertThat(condition.getMessage())
                                    .contains("failed to get cpu utilization: missing request for cpu in container"
                                            + " nginx of Pod web-");
                        }));
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(kubectl.ok("describe", "hpa", "web"))
                        .contains(
                                "SuccessfulRescale",
                                "New size: 3; reason: Current number of replicas below Spec.MinReplicas"));

        kubectl.ok("scale", "deployment/web", "--replicas=9");
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(kubectl.ok("get", "deployment/web", "-o", "jsonpath={.spec.replicas}"))
                        .isEqualTo("5"));
    }

    @Test
    void whatIsNotThereCannotBeScaled() {
        Kubectl kubectl = Kubectl.both().skip(1).findFirst().orElseThrow().fresh("scaling");
        kubectl.okWith("""
                apiVersion: autoscaling/v2
                kind: HorizontalPodAutoscaler
                metadata: {name: nobody}
                spec: {maxReplicas: 3, scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: absent}}
                """, "create");

        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(kubectl.ok("describe", "hpa", "nobody"))
                        .contains(
                                "FailedGetScale",
                                "the HPA controller was unable to get the target's current scale: deployments.apps \"absent\""
                                        + " not found"));
    }
}
