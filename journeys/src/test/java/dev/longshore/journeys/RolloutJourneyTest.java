package dev.longshore.journeys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetBuilder;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// How Deployments share their replicas out among ReplicaSets, and how these keep and give away pods.
@ExtendWith(HollowShared.class)
@Order(27)
class RolloutJourneyTest {

    private static final String DEPLOYMENT = """
            {apiVersion: apps/v1, kind: Deployment, metadata: {name: web}, spec: {SPEC selector: {matchLabels: {app: web}},
              template: {metadata: {labels: {app: web}}, spec: {terminationGracePeriodSeconds: 0, containers: [{name: main, image: "web:1"}]}}}}
            """;
    private static final String REPLICA_SET = """
            {apiVersion: apps/v1, kind: ReplicaSet, metadata: {name: old, labels: {app: web}}, spec: {replicas: REPLICAS, selector: {matchLabels: {app: web}},
              template: {metadata: {labels: {app: web}}, spec: {terminationGracePeriodSeconds: 0, containers: [{name: main, image: "old:1"}]}}}}
            """;

    @Test
    void aReplicaSetThatIsThereIsAdoptedAndReplacedStepByStep() {
        try (var namespace = HollowNamespace.fresh("rolling")) {
            namespace.create(REPLICA_SET.replace("REPLICAS", "2"), ReplicaSet.class);
            soon(() -> assertThat(namespace.pods()).hasSize(2));

            Deployment deployment = namespace.create(DEPLOYMENT.replace("SPEC", "replicas: 2,"), Deployment.class);

            soon(() -> {
                isComplete(namespace);
                assertThat(sets(namespace)).containsExactly("old:1 0", "web:1 2");
            });
            assertThat(namespace.stored(ReplicaSet.class, "old").getMetadata().getOwnerReferences())
                    .singleElement()
                    .satisfies(owner -> assertThat(owner.getUid())
                            .isEqualTo(deployment.getMetadata().getUid()));
            namespace.awaitTold(
                    "web",
                    told -> assertThat(told)
                            .filteredOn(event -> event.startsWith("ScalingReplicaSet"))
                            .first()
                            .asString()
                            .startsWith("ScalingReplicaSet: Scaled up replica set web-"));
        }
    }

    @Test
    void onlyAsManyOldReplicaSetsAreKeptAsTheHistoryMayHold() {
        try (var namespace = HollowNamespace.fresh("history")) {
            namespace.create(DEPLOYMENT.replace("SPEC", "replicas: 1, revisionHistoryLimit: 0,"), Deployment.class);
            soon(() -> isComplete(namespace));

            edit(namespace, web -> image(web, "web:2"));

            soon(() -> {
                isComplete(namespace);
                assertThat(sets(namespace)).containsExactly("web:2 1");
            });
            edit(
                    namespace,
                    web -> web.editSpec().withRevisionHistoryLimit(1).endSpec().build());
            edit(namespace, web -> image(web, "web:3"));
            soon(() -> {
                isComplete(namespace);
                assertThat(sets(namespace)).containsExactly("web:2 0", "web:3 1");
            });
        }
    }

    @Test
    void aRolloutThatDoesNotGetOnIsRolledOverByTheNext() {
        try (var namespace = HollowNamespace.fresh("rollover")) {
            namespace.create(
                    DEPLOYMENT.replace(
                            "SPEC",
                            "replicas: 2, strategy: {rollingUpdate: {maxSurge: 1, maxUnavailable: 0}}, minReadySeconds: 0,"),
                    Deployment.class);
            soon(() -> isComplete(namespace));

            edit(namespace, RolloutJourneyTest::neverReady);
            soon(() -> assertThat(sets(namespace)).containsExactly("web:1 2", "web:stuck 1"));
            edit(
                    namespace,
                    web -> web.editSpec()
                            .editTemplate()
                            .editSpec()
                            .withReadinessGates(List.of())
                            .editFirstContainer()
                            .withImage("web:3")
                            .endContainer()
                            .endSpec()
                            .endTemplate()
                            .endSpec()
                            .build());

            soon(() -> {
                isComplete(namespace);
                assertThat(sets(namespace)).containsExactly("web:1 0", "web:3 2", "web:stuck 0");
            });
        }
    }

    @Test
    void whoIsScaledInTheMiddleOfARolloutGrowsInProportion() {
        try (var namespace = HollowNamespace.fresh("proportion")) {
            namespace.create(
                    DEPLOYMENT.replace(
                            "SPEC", "replicas: 10, strategy: {rollingUpdate: {maxSurge: 3, maxUnavailable: 2}},"),
                    Deployment.class);
            soon(() -> isComplete(namespace));
            edit(namespace, RolloutJourneyTest::neverReady);
            soon(() -> assertThat(sets(namespace)).containsExactly("web:1 8", "web:stuck 5"));

            edit(namespace, web -> web.editSpec().withReplicas(30).endSpec().build());

            soon(() -> assertThat(sets(namespace)).containsExactly("web:1 20", "web:stuck 13"));
        }
    }

    /// As it is left behind when size and template change together in the middle of a rollout.
    @Test
    void anOutdatedNoteOfTheSizeHoldsNoRolloutBack() {
        try (var namespace = HollowNamespace.fresh("outdated")) {
            namespace.create(DEPLOYMENT.replace("SPEC", "replicas: 2,"), Deployment.class);
            soon(() -> isComplete(namespace));
            String set = namespace
                    .client()
                    .apps()
                    .replicaSets()
                    .inNamespace(namespace.name())
                    .list()
                    .getItems()
                    .getFirst()
                    .getMetadata()
                    .getName();

            namespace.edit(
                    ReplicaSet.class,
                    set,
                    stored -> new ReplicaSetBuilder(stored)
                            .editMetadata()
                            .addToAnnotations("deployment.kubernetes.io/desired-replicas", "1")
                            .endMetadata()
                            .build());
            edit(namespace, web -> image(web, "web:2"));

            soon(() -> {
                isComplete(namespace);
                assertThat(sets(namespace)).containsExactly("web:1 0", "web:2 2");
            });
        }
    }

    @Test
    void aReplicaSetAdoptsWhatMatchesAndReleasesWhatDoesNot() {
        try (var namespace = HollowNamespace.fresh("matching")) {
            namespace.create(
                    "{apiVersion: v1, kind: Pod, metadata: {name: stray, labels: {app: web}}, spec:"
                            + " {terminationGracePeriodSeconds: 0, containers: [{name: main, image: old}]}}",
                    Pod.class);
            ReplicaSet set = namespace.create(REPLICA_SET.replace("REPLICAS", "1"), ReplicaSet.class);

            soon(() -> assertThat(
                            namespace.stored(Pod.class, "stray").getMetadata().getOwnerReferences())
                    .singleElement()
                    .satisfies(owner -> assertThat(owner.getUid())
                            .isEqualTo(set.getMetadata().getUid())));
            assertThat(namespace.pods()).as("it is the one that is asked for").hasSize(1);

            namespace.edit(
                    Pod.class,
                    "stray",
                    pod -> new PodBuilder(pod)
                            .editMetadata()
                            .addToLabels("app", "other")
                            .endMetadata()
                            .build());
            soon(() -> {
                assertThat(namespace.stored(Pod.class, "stray").getMetadata().getOwnerReferences())
                        .isEmpty();
                assertThat(namespace.pods()).hasSize(2);
            });
        }
    }

    @Test
    void aReplicaSetIsScaledReplacedAndPatched() {
        try (var namespace = HollowNamespace.fresh("replaced")) {
            namespace.create(REPLICA_SET.replace("REPLICAS", "1"), ReplicaSet.class);
            var api = new RawApi(namespace.client());
            String path = "/apis/apps/v1/namespaces/" + namespace.name() + "/replicasets/old";
            soon(() -> isReady(namespace, 1));

            namespace
                    .client()
                    .resource(namespace.stored(ReplicaSet.class, "old"))
                    .scale(2);
            soon(() -> isReady(namespace, 2));
            api.replace(path, tree -> {
                tree.withObject("/metadata/labels").put("replaced", "yes");
                tree.withObject("/spec").put("replicas", 3);
                return tree;
            });
            soon(() -> isReady(namespace, 3));
            namespace
                    .client()
                    .resource(namespace.stored(ReplicaSet.class, "old"))
                    .patch(
                            PatchContext.of(PatchType.STRATEGIC_MERGE),
                            "{\"metadata\":{\"labels\":{\"patched\":\"yes\"}},\"spec\":{\"replicas\":1,\"template\":{\"spec\":"
                                    + "{\"containers\":[{\"name\":\"main\",\"image\":\"old:2\"}]}}}}");

            soon(() -> isReady(namespace, 1));
            ReplicaSet patched = namespace.stored(ReplicaSet.class, "old");
            assertThat(patched.getMetadata().getLabels())
                    .containsEntry("replaced", "yes")
                    .containsEntry("patched", "yes");
            assertThat(patched.getSpec().getTemplate().getSpec().getContainers())
                    .singleElement()
                    .satisfies(main -> assertThat(main.getImage()).isEqualTo("old:2"));
        }
    }

    private static void isReady(HollowNamespace namespace, int replicas) {
        assertThat(namespace.pods()).hasSize(replicas);
        assertThat(namespace.stored(ReplicaSet.class, "old").getStatus().getReadyReplicas())
                .isEqualTo(replicas);
    }

    private static void isComplete(HollowNamespace namespace) {
        Deployment web = namespace.stored(Deployment.class, "web");
        Integer replicas = web.getSpec().getReplicas();
        assertThat(web.getStatus().getObservedGeneration())
                .isEqualTo(web.getMetadata().getGeneration());
        assertThat(web.getStatus().getUpdatedReplicas()).isEqualTo(replicas);
        assertThat(web.getStatus().getAvailableReplicas()).isEqualTo(replicas);
        assertThat(web.getStatus().getReplicas()).isEqualTo(replicas);
    }

    /// Images and sizes of all ReplicaSets, in order.
    private static List<String> sets(HollowNamespace namespace) {
        return namespace.client().apps().replicaSets().inNamespace(namespace.name()).list().getItems().stream()
                .map((ReplicaSet set) -> set.getSpec()
                                .getTemplate()
                                .getSpec()
                                .getContainers()
                                .getFirst()
                                .getImage()
                        + " "
                        + set.getSpec().getReplicas())
                .sorted(Comparator.naturalOrder())
                .toList();
    }

    private static Deployment image(DeploymentBuilder web, String image) {
        return web.editSpec()
                .editTemplate()
                .editSpec()
                .editFirstContainer()
                .withImage(image)
                .endContainer()
                .endSpec()
                .endTemplate()
                .endSpec()
                .build();
    }

    private static Deployment neverReady(DeploymentBuilder web) {
        return web.editSpec()
                .editTemplate()
                .editSpec()
                .addNewReadinessGate("example.com/never")
                .editFirstContainer()
                .withImage("web:stuck")
                .endContainer()
                .endSpec()
                .endTemplate()
                .endSpec()
                .build();
    }

    private static void edit(HollowNamespace namespace, Function<DeploymentBuilder, Deployment> change) {
        namespace.edit(Deployment.class, "web", web -> change.apply(new DeploymentBuilder(web)));
    }

    private static void soon(ThrowingRunnable assertion) {
        await().atMost(HollowNamespace.PATIENCE)
                .pollInterval(Duration.ofMillis(50))
                .untilAsserted(assertion);
    }
}
