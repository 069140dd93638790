package dev.longshore.journeys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.api.model.apps.DeploymentCondition;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// What a Deployment says and does when its rollout does not go straight on.
@ExtendWith(HollowShared.class)
@Order(18)
class DeploymentJourneyTest {

    private static final String MANIFEST = """
            {apiVersion: apps/v1, kind: Deployment, metadata: {name: web}, spec: {replicas: 2, progressDeadlineSeconds: 2,
              selector: {matchLabels: {app: web}}, strategy: {type: TYPE},
              template: {metadata: {labels: {app: web}}, spec: {terminationGracePeriodSeconds: 0, containers: [{name: main, image: web:1}]}}}}
            """;

    @Test
    void aRolloutThatDoesNotGetOnIsLateAndCanBeTakenBackByItsRevision() {
        try (var namespace = HollowNamespace.fresh("late")) {
            namespace.create(MANIFEST.replace("TYPE", "RollingUpdate"), Deployment.class);
            isComplete(namespace);
            edit(
                    namespace,
                    deployment -> new DeploymentBuilder(deployment)
                            .editSpec()
                            .editTemplate()
                            .editSpec()
                            .addToNodeSelector("nowhere", "")
                            .endSpec()
                            .endTemplate()
                            .endSpec()
                            .build());

            await().atMost(HollowNamespace.PATIENCE).untilAsserted(() -> {
                DeploymentCondition progress = progress(namespace);
                assertThat(progress.getReason()).isEqualTo("ProgressDeadlineExceeded");
                assertThat(progress.getStatus()).isEqualTo("False");
                assertThat(progress.getMessage()).matches("ReplicaSet \"web-.*\" has timed out progressing\\.");
            });
            edit(
                    namespace,
                    deployment -> new DeploymentBuilder(deployment)
                            .editMetadata()
                            .addToAnnotations("deprecated.deployment.rollback.to", "1")
                            .endMetadata()
                            .build());

            isComplete(namespace);
            Deployment back = namespace.stored(Deployment.class, "web");
            assertThat(back.getSpec().getTemplate().getSpec().getNodeSelector()).isEmpty();
            assertThat(back.getMetadata().getAnnotations())
                    .containsEntry("deployment.kubernetes.io/revision", "3")
                    .doesNotContainKey("deprecated.deployment.rollback.to");
            await().atMost(HollowNamespace.PATIENCE)
                    .untilAsserted(() -> assertThat(namespace.told("web"))
                            .contains("DeploymentRollback: Rolled back deployment \"web\" to revision 1"));
        }
    }

    @Test
    void whoeverRecreatesHasNoPodsOfTwoTemplates() {
        try (var namespace = HollowNamespace.fresh("recreate")) {
            namespace.create(MANIFEST.replace("TYPE", "Recreate"), Deployment.class);
            isComplete(namespace);
            edit(
                    namespace,
                    deployment -> new DeploymentBuilder(deployment)
                            .editSpec()
                            .editTemplate()
                            .editSpec()
                            .editFirstContainer()
                            .withImage("web:2")
                            .endContainer()
                            .endSpec()
                            .endTemplate()
                            .endSpec()
                            .build());

            await().atMost(HollowNamespace.PATIENCE).untilAsserted(() -> {
                long images = namespace.pods().stream()
                        .map(pod -> pod.getSpec().getContainers().getFirst().getImage())
                        .distinct()
                        .count();
                assertThat(images).isLessThan(2);
                assertThat(namespace.told("web"))
                        .filteredOn(event -> event.startsWith("ScalingReplicaSet"))
                        .extracting(event -> event.replaceAll("web-\\w+", "web"))
                        .containsExactly(
                                "ScalingReplicaSet: Scaled up replica set web from 0 to 2",
                                "ScalingReplicaSet: Scaled down replica set web from 2 to 0",
                                "ScalingReplicaSet: Scaled up replica set web from 0 to 2");
            });
            isComplete(namespace);
        }
    }

    @Test
    void aPausedOneIsScaledAndItsClockBeginsAnewWhenItGoesOn() {
        try (var namespace = HollowNamespace.fresh("paused")) {
            namespace.create(MANIFEST.replace("TYPE", "RollingUpdate"), Deployment.class);
            isComplete(namespace);
            edit(
                    namespace,
                    deployment -> new DeploymentBuilder(deployment)
                            .editSpec()
                            .withPaused(true)
                            .withReplicas(3)
                            .endSpec()
                            .build());

            await().atMost(HollowNamespace.PATIENCE).untilAsserted(() -> {
                assertThat(progress(namespace).getReason()).isEqualTo("DeploymentPaused");
                assertThat(progress(namespace).getMessage()).isEqualTo("Deployment is paused");
                assertThat(namespace.stored(Deployment.class, "web").getStatus().getAvailableReplicas())
                        .isEqualTo(3);
            });
            edit(
                    namespace,
                    deployment -> new DeploymentBuilder(deployment)
                            .editSpec()
                            .withPaused(false)
                            .endSpec()
                            .build());

            isComplete(namespace);
        }
    }

    private static void isComplete(HollowNamespace namespace) {
        await().atMost(HollowNamespace.PATIENCE).untilAsserted(() -> {
            Deployment deployment = namespace.stored(Deployment.class, "web");
            assertThat(deployment.getStatus().getObservedGeneration())
                    .isEqualTo(deployment.getMetadata().getGeneration());
            assertThat(deployment.getStatus().getTerminatingReplicas()).isNotNull();
            assertThat(progress(namespace).getReason()).isEqualTo("NewReplicaSetAvailable");
            assertThat(deployment.getStatus().getUpdatedReplicas())
                    .isEqualTo(deployment.getSpec().getReplicas());
        });
    }

    private static DeploymentCondition progress(HollowNamespace namespace) {
        return namespace.stored(Deployment.class, "web").getStatus().getConditions().stream()
                .filter(condition -> condition.getType().equals("Progressing"))
                .findFirst()
                .orElseThrow();
    }

    private static void edit(HollowNamespace namespace, UnaryOperator<Deployment> change) {
        namespace.edit(Deployment.class, "web", change);
    }
}
