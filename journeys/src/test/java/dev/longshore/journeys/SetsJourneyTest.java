package dev.longshore.journeys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.ControllerRevision;
import io.fabric8.kubernetes.api.model.apps.ControllerRevisionBuilder;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.DaemonSetBuilder;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSetBuilder;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// StatefulSets and DaemonSets, whose pods stay where and who they are.
@ExtendWith(HollowShared.class)
@Order(20)
class SetsJourneyTest {

    @Test
    void pastItsPartitionAStatefulSetIsUpdatedFromTheTopAndCountsInEachStatus() {
        try (var namespace = HollowNamespace.fresh("partition")) {
            namespace.create("""
                    {apiVersion: apps/v1, kind: StatefulSet, metadata: {name: db}, spec: {replicas: 3, serviceName: db,
                      podManagementPolicy: Parallel, selector: {matchLabels: {app: db}},
                      updateStrategy: {type: RollingUpdate, rollingUpdate: {partition: 1}},
                      template: {metadata: {labels: {app: db}}, spec: {terminationGracePeriodSeconds: 0, containers: [{name: main, image: "db:1"}]}}}}
                    """, StatefulSet.class);
            await().atMost(HollowNamespace.PATIENCE)
                    .untilAsserted(() -> assertThat(namespace
                                    .stored(StatefulSet.class, "db")
                                    .getStatus()
                                    .getAvailableReplicas())
                            .isEqualTo(3));
            namespace.edit(
                    StatefulSet.class,
                    "db",
                    set -> new StatefulSetBuilder(set)
                            .editSpec()
                            .editTemplate()
                            .editSpec()
                            .editFirstContainer()
                            .withImage("db:2")
                            .endContainer()
                            .endSpec()
                            .endTemplate()
                            .endSpec()
                            .build());

            await().atMost(HollowNamespace.PATIENCE).untilAsserted(() -> {
                var status = namespace.stored(StatefulSet.class, "db").getStatus();
                assertThat(status.getUpdatedReplicas()).isEqualTo(2);
                assertThat(status.getCurrentReplicas()).isEqualTo(1);
                assertThat(status.getReadyReplicas()).isEqualTo(3);
                assertThat(status.getCurrentRevision()).isNotEqualTo(status.getUpdateRevision());
            });
            assertThat(images(namespace)).containsExactly("db-0 db:1", "db-1 db:2", "db-2 db:2");
            namespace.awaitTold(
                    "db",
                    told -> assertThat(told)
                            .contains(
                                    "SuccessfulCreate: Create Pod db-0 in StatefulSet db successful",
                                    "SuccessfulDelete: Delete Pod db-2 in StatefulSet db successful"));
        }
    }

    @Test
    void claimsThatGoWithTheirSetBelongToIt() {
        try (var namespace = HollowNamespace.fresh("claims")) {
            StatefulSet set = namespace.create("""
                    {apiVersion: apps/v1, kind: StatefulSet, metadata: {name: db}, spec: {replicas: 1, serviceName: db,
                      selector: {matchLabels: {app: db}}, persistentVolumeClaimRetentionPolicy: {whenDeleted: Delete, whenScaled: Retain},
                      volumeClaimTemplates: [{metadata: {name: data}, spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Mi}}}}],
                      template: {metadata: {labels: {app: db}}, spec: {terminationGracePeriodSeconds: 0, containers: [{name: main, image: db}]}}}}
                    """, StatefulSet.class);

            await().atMost(HollowNamespace.PATIENCE).untilAsserted(() -> {
                PersistentVolumeClaim claim = namespace.stored(PersistentVolumeClaim.class, "data-db-0");
                assertThat(claim).isNotNull();
                assertThat(claim.getMetadata().getOwnerReferences())
                        .singleElement()
                        .satisfies(owner -> {
                            assertThat(owner.getUid())
                                    .isEqualTo(set.getMetadata().getUid());
                            assertThat(owner.getController()).isTrue();
                        });
            });
            namespace.awaitTold(
                    "db",
                    told -> assertThat(told)
                            .contains("SuccessfulCreate: Create Claim data-db-0 Pod db-0 in StatefulSet db success"));
        }
    }

    @Test
    void aDaemonSetThatMaySurgeIsNeverWithoutAPod() {
        try (var namespace = HollowNamespace.fresh("surge")) {
            namespace.create("""
                    {apiVersion: apps/v1, kind: DaemonSet, metadata: {name: agent}, spec: {selector: {matchLabels: {app: agent}},
                      updateStrategy: {type: RollingUpdate, rollingUpdate: {maxSurge: 1, maxUnavailable: 0}},
                      template: {metadata: {labels: {app: agent}}, spec: {terminationGracePeriodSeconds: 0, containers: [{name: main, image: "agent:1"}]}}}}
                    """, DaemonSet.class);
            await().atMost(HollowNamespace.PATIENCE)
                    .untilAsserted(() -> assertThat(namespace
                                    .stored(DaemonSet.class, "agent")
                                    .getStatus()
                                    .getNumberAvailable())
                            .isEqualTo(2));
            namespace.edit(
                    DaemonSet.class,
                    "agent",
                    set -> new DaemonSetBuilder(set)
                            .editSpec()
                            .editTemplate()
                            .editSpec()
                            .editFirstContainer()
                            .withImage("agent:2")
                            .endContainer()
                            .endSpec()
                            .endTemplate()
                            .endSpec()
                            .build());

            await().atMost(HollowNamespace.PATIENCE).untilAsserted(() -> {
                assertThat(namespace.pods().stream()
                                .filter(pod -> Objects.equals(pod.getStatus().getPhase(), "Running"))
                                .count())
                        .isGreaterThanOrEqualTo(2);
                var status = namespace.stored(DaemonSet.class, "agent").getStatus();
                assertThat(status.getUpdatedNumberScheduled()).isEqualTo(2);
                assertThat(status.getNumberAvailable()).isEqualTo(2);
                assertThat(namespace.pods()).hasSize(2);
            });
        }
    }

    @Test
    void ofTwoRevisionsOfOneTemplateADaemonSetKeepsTheNewerAndItsPods() {
        try (var namespace = HollowNamespace.fresh("twice")) {
            namespace.create("""
                    {apiVersion: apps/v1, kind: DaemonSet, metadata: {name: agent}, spec: {selector: {matchLabels: {app: agent}},
                      template: {metadata: {labels: {app: agent}}, spec: {terminationGracePeriodSeconds: 0, containers: [{name: main, image: "agent:1"}]}}}}
                    """, DaemonSet.class);
            await().atMost(HollowNamespace.PATIENCE)
                    .untilAsserted(() -> assertThat(namespace
                                    .stored(DaemonSet.class, "agent")
                                    .getStatus()
                                    .getNumberAvailable())
                            .isEqualTo(2));
            List<String> before = uids(namespace);
            ControllerRevision first = revisions(namespace).getFirst();
            namespace
                    .client()
                    .resource(new ControllerRevisionBuilder(first)
                            .editMetadata()
                            .withName("agent-again")
                            .withResourceVersion(null)
                            .withUid(null)
                            .removeFromLabels("controller-revision-hash")
                            .endMetadata()
                            .withRevision(5L)
                            .build())
                    .create();
            // Revisions wake nobody: the next change of the set does.
            namespace.edit(
                    DaemonSet.class,
                    "agent",
                    set -> new DaemonSetBuilder(set)
                            .editMetadata()
                            .addToAnnotations("look", "again")
                            .endMetadata()
                            .build());

            await().atMost(HollowNamespace.PATIENCE).untilAsserted(() -> {
                assertThat(revisions(namespace)).singleElement().satisfies(kept -> {
                    assertThat(kept.getMetadata().getName()).isEqualTo("agent-again");
                    assertThat(kept.getMetadata().getLabels()).containsEntry("controller-revision-hash", "agent-again");
                });
                assertThat(namespace.pods())
                        .allSatisfy(pod -> assertThat(pod.getMetadata().getLabels())
                                .containsEntry("controller-revision-hash", "agent-again"));
            });
            assertThat(uids(namespace)).as("nobody was replaced").isEqualTo(before);
        }
    }

    private static List<String> uids(HollowNamespace namespace) {
        return namespace.pods().stream()
                .map(pod -> pod.getMetadata().getUid())
                .sorted()
                .toList();
    }

    private static List<ControllerRevision> revisions(HollowNamespace namespace) {
        return namespace
                .client()
                .apps()
                .controllerRevisions()
                .inNamespace(namespace.name())
                .list()
                .getItems();
    }

    private static List<String> images(HollowNamespace namespace) {
        return namespace.pods().stream()
                .map((Pod pod) -> pod.getMetadata().getName() + " "
                        + pod.getSpec().getContainers().getFirst().getImage())
                .sorted()
                .toList();
    }
}
