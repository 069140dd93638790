package dev.longshore.journeys;

import static dev.longshore.journeys.MovedCluster.soon;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.api.model.apps.DeploymentCondition;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// What Deployments do by the clock.
@ExtendWith(MovedCluster.class)
@Order(21)
class DeploymentTimesJourneyTest {

    private static final String MANIFEST = """
            {apiVersion: apps/v1, kind: Deployment, metadata: {name: web}, spec: {SPEC
              selector: {matchLabels: {app: web}}, strategy: {rollingUpdate: {maxSurge: 0, maxUnavailable: 1}},
              template: {metadata: {labels: {app: web}},
                spec: {terminationGracePeriodSeconds: 0, containers: [{name: main, image: "IMAGE" CONTAINER}]}}}}
            """;

    private final MovedCluster cluster = MovedCluster.cluster();

    @Test
    void aRolloutIsLateWhenItHasNotGotOnForItsDeadline() {
        try (var namespace = cluster.namespace("late")) {
            create(
                    namespace,
                    "replicas: 1, progressDeadlineSeconds: 120,",
                    "web:1",
                    ", readinessProbe: {exec: {command: [\"false\"]}}");
            soon(() ->
                    assertThat(condition(namespace, "Progressing").getReason()).isEqualTo("ReplicaSetUpdated"));
            cluster.pass(Duration.ofSeconds(100));
            assertThat(condition(namespace, "Progressing").getStatus()).isEqualTo("True");

            cluster.passUntil(
                    Duration.ofMinutes(2),
                    () -> condition(namespace, "Progressing").getStatus().equals("False"));

            DeploymentCondition late = condition(namespace, "Progressing");
            assertThat(late.getReason()).isEqualTo("ProgressDeadlineExceeded");
            assertThat(sinceCreation(namespace, late.getLastTransitionTime()))
                    .isBetween(Duration.ofSeconds(120), Duration.ofSeconds(145));
        }
    }

    @Test
    void podsCountAsAvailableWhenTheyHaveBeenReadyForLongEnough() {
        try (var namespace = cluster.namespace("minready")) {
            create(namespace, "replicas: 2, minReadySeconds: 60,", "web:1", "");
            soon(() -> assertThat(deployment(namespace).getStatus().getReadyReplicas())
                    .isEqualTo(2));
            cluster.pass(Duration.ofSeconds(40));
            assertThat(available(namespace)).isZero();
            assertThat(condition(namespace, "Available").getStatus()).isEqualTo("False");

            cluster.passUntil(Duration.ofMinutes(2), () -> available(namespace) == 2);

            soon(() -> assertThat(condition(namespace, "Available").getStatus()).isEqualTo("True"));
            assertThat(sinceCreation(
                            namespace, condition(namespace, "Available").getLastTransitionTime()))
                    .isBetween(Duration.ofSeconds(60), Duration.ofSeconds(85));
        }
    }

    @Test
    void aRolloutGivesEachPodItsTimeBeforeTheNextIsReplaced() {
        try (var namespace = cluster.namespace("steps")) {
            create(namespace, "replicas: 3, minReadySeconds: 30,", "web:1", "");
            cluster.passUntil(Duration.ofMinutes(2), () -> available(namespace) == 3);
            Instant start = cluster.now();
            setTemplate(namespace, "web:2", Map.of());
            var least = new AtomicInteger(3);

            cluster.passUntil(Duration.ofMinutes(5), () -> {
                least.accumulateAndGet(available(namespace), Math::min);
                return isComplete(namespace);
            });

            assertThat(Duration.between(start, cluster.now()))
                    .isBetween(Duration.ofSeconds(90), Duration.ofSeconds(180));
            assertThat(least.get()).isEqualTo(2);
        }
    }

    @Test
    void podsThatCrashBeforeTheyCountHoldARolloutUpUntilItIsLate() {
        try (var namespace = cluster.namespace("crash")) {
            create(namespace, "replicas: 3, minReadySeconds: 30, progressDeadlineSeconds: 70,", "web:1", "");
            cluster.passUntil(Duration.ofMinutes(2), () -> available(namespace) == 3);
            setTemplate(
                    namespace,
                    "web:2",
                    Map.of("longshore.dev/simulated-seconds", "15", "longshore.dev/simulated-exit-code", "1"));

            cluster.passUntil(
                    Duration.ofMinutes(8),
                    () -> condition(namespace, "Progressing").getReason().equals("ProgressDeadlineExceeded"));

            assertThat(available(namespace)).isEqualTo(2);
            assertThat(namespace.pods())
                    .filteredOn(pod ->
                            pod.getSpec().getContainers().getFirst().getImage().equals("web:2"))
                    .singleElement()
                    .satisfies(pod -> assertThat(pod.getStatus()
                                    .getContainerStatuses()
                                    .getFirst()
                                    .getRestartCount())
                            .isGreaterThan(1));
        }
    }

    @Test
    void whoseImageIsSlowToComeWaitsForIt() {
        try (var namespace = cluster.namespace("slow")) {
            String image = "simulated.longshore.dev/slow-90/" + namespace.name() + ":1";
            create(namespace, "replicas: 1,", image, "");
            cluster.pass(Duration.ofSeconds(60));
            assertThat(namespace.pods().getFirst().getStatus().getPhase()).isEqualTo("Pending");
            assertThat(namespace
                            .pods()
                            .getFirst()
                            .getStatus()
                            .getContainerStatuses()
                            .getFirst()
                            .getState()
                            .getWaiting()
                            .getReason())
                    .isEqualTo("ContainerCreating");

            cluster.passUntil(Duration.ofMinutes(2), () -> available(namespace) == 1);

            String pod = namespace.pods().getFirst().getMetadata().getName();
            soon(() -> assertThat(namespace.told(pod))
                    .anyMatch(event -> event.startsWith("Pulled: Successfully pulled image \"" + image + "\" in 1m")));
        }
    }

    private static void create(HollowNamespace namespace, String spec, String image, String container) {
        namespace.create(
                MANIFEST.replace("SPEC", spec).replace("IMAGE", image).replace("CONTAINER", container),
                Deployment.class);
    }

    private static void setTemplate(HollowNamespace namespace, String image, Map<String, String> annotations) {
        namespace
                .client()
                .apps()
                .deployments()
                .inNamespace(namespace.name())
                .withName("web")
                .edit(stored -> new DeploymentBuilder(stored)
                        .editSpec()
                        .editTemplate()
                        .editMetadata()
                        .withAnnotations(annotations)
                        .endMetadata()
                        .editSpec()
                        .editFirstContainer()
                        .withImage(image)
                        .endContainer()
                        .endSpec()
                        .endTemplate()
                        .endSpec()
                        .build());
    }

    private static Deployment deployment(HollowNamespace namespace) {
        return namespace.stored(Deployment.class, "web");
    }

    private static int available(HollowNamespace namespace) {
        return Objects.requireNonNullElse(deployment(namespace).getStatus().getAvailableReplicas(), 0);
    }

    private static boolean isComplete(HollowNamespace namespace) {
        Deployment deployment = deployment(namespace);
        var status = deployment.getStatus();
        return Objects.equals(
                        status.getObservedGeneration(), deployment.getMetadata().getGeneration())
                && Objects.equals(status.getUpdatedReplicas(), 3)
                && Objects.equals(status.getAvailableReplicas(), 3);
    }

    private static DeploymentCondition condition(HollowNamespace namespace, String type) {
        return deployment(namespace).getStatus().getConditions().stream()
                .filter(condition -> condition.getType().equals(type))
                .findFirst()
                .orElseThrow();
    }

    private static Duration sinceCreation(HollowNamespace namespace, String stamp) {
        return Duration.between(
                Instant.parse(deployment(namespace).getMetadata().getCreationTimestamp()), Instant.parse(stamp));
    }
}
