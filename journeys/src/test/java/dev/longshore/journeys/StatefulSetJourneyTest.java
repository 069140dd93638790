package dev.longshore.journeys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSetBuilder;
import io.fabric8.kubernetes.api.model.apps.StatefulSetStatus;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// In which order the pods of a StatefulSet come, go and are replaced.
@ExtendWith(HollowShared.class)
@Order(24)
class StatefulSetJourneyTest {

    private static final Duration A_WHILE = Duration.ofMillis(600);
    private static final String MANIFEST = """
            {apiVersion: apps/v1, kind: StatefulSet, metadata: {name: db}, spec: {replicas: 3, serviceName: db, SET
              selector: {matchLabels: {app: db}},
              template: {metadata: {labels: {app: db}}, spec: {terminationGracePeriodSeconds: 0, POD containers: [{name: main, image: "db:1"}]}}}}
            """;

    @Test
    void podsComeOneAfterTheOtherGoTheOtherWayAndWaitForAnUnhealthyOne() throws InterruptedException {
        try (var namespace = HollowNamespace.fresh("ordered");
                var seen = new Seen(namespace, "/api/v1/namespaces/NS/pods", "Pod")) {
            var play = new PodPlay(namespace);
            create(namespace, "", PodPlay.GATED);
            for (int ordinal = 0; ordinal < 3; ordinal++) {
                String pod = "db-" + ordinal;
                soon(() -> assertThat(play.names()).contains(pod));
                runs(namespace, pod);
                stays(() -> assertThat(play.names()).last().isEqualTo(pod));
                play.ready(pod);
            }
            soon(() -> assertThat(status(namespace).getReadyReplicas()).isEqualTo(3));

            play.unready("db-0", "db-1", "db-2");
            soon(() -> assertThat(status(namespace).getReadyReplicas()).isIn(null, 0));
            edit(namespace, set -> set.editSpec().withReplicas(0).endSpec().build());
            stays(() -> assertThat(play.names()).containsExactly("db-0", "db-1", "db-2"));
            // The last one may go as soon as those before it are well.
            play.ready("db-0", "db-1");
            soon(() -> assertThat(play.names()).isEmpty());

            assertThat(seen.untilLast(
                            "DELETED",
                            pod -> pod.at("/metadata/name").asString().equals("db-0")))
                    .filteredOn(
                            told -> told.type().equals("ADDED") || told.type().equals("DELETED"))
                    .extracting(Seen.Told::toString)
                    .containsExactly(
                            "ADDED db-0", "ADDED db-1", "ADDED db-2", "DELETED db-2", "DELETED db-1", "DELETED db-0");
        }
    }

    @Test
    void whoIsManagedInParallelIsScaledThoughItsPodsAreUnhealthy() {
        try (var namespace = HollowNamespace.fresh("parallel")) {
            var play = new PodPlay(namespace);
            create(namespace, "podManagementPolicy: Parallel,", PodPlay.GATED);
            soon(() -> assertThat(play.names()).containsExactly("db-0", "db-1", "db-2"));

            edit(namespace, set -> set.editSpec().withReplicas(5).endSpec().build());
            soon(() -> assertThat(play.names()).containsExactly("db-0", "db-1", "db-2", "db-3", "db-4"));
            assertThat(status(namespace).getReadyReplicas()).isIn(null, 0);

            edit(namespace, set -> set.editSpec().withReplicas(0).endSpec().build());
            soon(() -> assertThat(play.names()).isEmpty());
        }
    }

    @Test
    void aPodThatHasFailedIsMadeAgainUnderItsName() {
        try (var namespace = HollowNamespace.fresh("failed")) {
            create(namespace, "podManagementPolicy: Parallel,", "");
            soon(() -> assertThat(status(namespace).getReadyReplicas()).isEqualTo(3));
            Map<String, String> before = uids(namespace);

            new PodPlay(namespace).fail("db-1", 1);

            soon(() -> {
                assertThat(status(namespace).getReadyReplicas()).isEqualTo(3);
                assertThat(uids(namespace))
                        .hasSize(3)
                        .containsEntry("db-0", before.get("db-0"))
                        .containsEntry("db-2", before.get("db-2"))
                        .doesNotContainValue(before.get("db-1"));
            });
        }
    }

    @Test
    void aPodWhoseNodeRefusesItIsMadeAgainUntilItIsTaken() throws InterruptedException {
        try (var namespace = HollowNamespace.fresh("refused");
                var seen = new Seen(namespace, "/api/v1/namespaces/NS/pods", "Pod")) {
            Pod holder = namespace.create(
                    "{apiVersion: v1, kind: Pod, metadata: {name: holder}, spec: {nodeName: node-1,"
                            + " terminationGracePeriodSeconds: 0, containers: [{name: main, image: db,"
                            + " ports: [{containerPort: 21017, hostPort: 21017}]}]}}",
                    Pod.class);
            runs(namespace, "holder");
            namespace.create(
                    MANIFEST.replace("SET", "")
                            .replace("replicas: 3", "replicas: 1")
                            .replace("POD", "nodeName: node-1,")
                            .replace(
                                    "image: \"db:1\"",
                                    "image: \"db:1\", ports: [{containerPort: 21017, hostPort: 21017}]"),
                    StatefulSet.class);

            seen.untilLast(
                    "MODIFIED",
                    pod -> pod.at("/metadata/name").asString().equals("db-0")
                            && pod.at("/status/phase").asString("").equals("Failed"));
            seen.untilLast("DELETED", pod -> pod.at("/metadata/name").asString().equals("db-0"));
            namespace.client().resource(holder).delete();

            soon(() -> assertThat(status(namespace).getReadyReplicas()).isEqualTo(1));
            runs(namespace, "db-0");
        }
    }

    @Test
    void anUpdateGoesFromTheTopAndComesBackThatWay() throws InterruptedException {
        try (var namespace = HollowNamespace.fresh("update");
                var seen = new Seen(namespace, "/api/v1/namespaces/NS/pods", "Pod")) {
            create(namespace, "podManagementPolicy: Parallel,", "");
            soon(() -> assertThat(status(namespace).getReadyReplicas()).isEqualTo(3));
            String first = status(namespace).getCurrentRevision();
            assertThat(status(namespace).getUpdateRevision()).isEqualTo(first);

            image(namespace, "db:2");
            soon(() -> {
                assertThat(status(namespace).getUpdateRevision()).isNotEqualTo(first);
                assertThat(images(namespace)).containsExactly("db-0 db:2", "db-1 db:2", "db-2 db:2");
                assertThat(status(namespace).getReadyReplicas()).isEqualTo(3);
                assertThat(status(namespace).getCurrentRevision())
                        .isEqualTo(status(namespace).getUpdateRevision());
                assertThat(status(namespace).getCurrentReplicas()).isEqualTo(3);
            });
            assertThat(deleted(seen)).containsExactly("db-2", "db-1", "db-0");

            image(namespace, "db:1");
            soon(() -> {
                assertThat(images(namespace)).containsExactly("db-0 db:1", "db-1 db:1", "db-2 db:1");
                assertThat(status(namespace).getCurrentRevision())
                        .as("the revision that was is the one that is")
                        .isEqualTo(first);
                assertThat(status(namespace).getUpdateRevision()).isEqualTo(first);
                assertThat(status(namespace).getReadyReplicas()).isEqualTo(3);
            });
            assertThat(deleted(seen)).containsExactly("db-2", "db-1", "db-0");
        }
    }

    @Test
    void aPartitionLetsACanaryThroughThenPhaseByPhaseAndDeletedPodsComeBackAsTheyWere() {
        try (var namespace = HollowNamespace.fresh("phased")) {
            create(
                    namespace,
                    "podManagementPolicy: Parallel, updateStrategy: {type: RollingUpdate, rollingUpdate: {partition: 3}},",
                    "");
            soon(() -> assertThat(status(namespace).getReadyReplicas()).isEqualTo(3));

            image(namespace, "db:2");
            soon(() -> assertThat(status(namespace).getUpdateRevision())
                    .isNotEqualTo(status(namespace).getCurrentRevision()));
            stays(() -> assertThat(images(namespace)).containsExactly("db-0 db:1", "db-1 db:1", "db-2 db:1"));

            partition(namespace, 2);
            soon(() -> isAtRest(namespace, "db-0 db:1", "db-1 db:1", "db-2 db:2"));
            Map<String, String> before = uids(namespace);
            namespace
                    .client()
                    .pods()
                    .inNamespace(namespace.name())
                    .withLabel("app", "db")
                    .delete();
            soon(() -> {
                assertThat(uids(namespace)).hasSize(3).doesNotContainValue(before.get("db-0"));
                assertThat(uids(namespace).values()).doesNotContainAnyElementsOf(before.values());
                isAtRest(namespace, "db-0 db:1", "db-1 db:1", "db-2 db:2");
            });

            partition(namespace, 1);
            soon(() -> isAtRest(namespace, "db-0 db:1", "db-1 db:2", "db-2 db:2"));
            partition(namespace, 0);
            soon(() -> {
                isAtRest(namespace, "db-0 db:2", "db-1 db:2", "db-2 db:2");
                assertThat(status(namespace).getCurrentRevision())
                        .isEqualTo(status(namespace).getUpdateRevision());
            });
        }
    }

    private static List<String> deleted(Seen seen) throws InterruptedException {
        return seen
                .untilLast("DELETED", pod -> pod.at("/metadata/name").asString().equals("db-0"))
                .stream()
                .filter(told -> told.type().equals("DELETED"))
                .map(told -> told.object().at("/metadata/name").asString())
                .toList();
    }

    private static void isAtRest(HollowNamespace namespace, String... images) {
        assertThat(images(namespace)).containsExactly(images);
        assertThat(status(namespace).getReadyReplicas()).isEqualTo(3);
    }

    private static void create(HollowNamespace namespace, String set, String pod) {
        namespace.create(MANIFEST.replace("SET", set).replace("POD", pod), StatefulSet.class);
    }

    private static void image(HollowNamespace namespace, String image) {
        edit(
                namespace,
                set -> set.editSpec()
                        .editTemplate()
                        .editSpec()
                        .editFirstContainer()
                        .withImage(image)
                        .endContainer()
                        .endSpec()
                        .endTemplate()
                        .endSpec()
                        .build());
    }

    private static void partition(HollowNamespace namespace, int partition) {
        edit(
                namespace,
                set -> set.editSpec()
                        .editUpdateStrategy()
                        .editRollingUpdate()
                        .withPartition(partition)
                        .endRollingUpdate()
                        .endUpdateStrategy()
                        .endSpec()
                        .build());
    }

    private static void edit(HollowNamespace namespace, Function<StatefulSetBuilder, StatefulSet> change) {
        namespace.edit(StatefulSet.class, "db", set -> change.apply(new StatefulSetBuilder(set)));
    }

    private static void runs(HollowNamespace namespace, String pod) {
        soon(() -> assertThat(namespace.stored(Pod.class, pod).getStatus().getPhase())
                .isEqualTo("Running"));
    }

    private static StatefulSetStatus status(HollowNamespace namespace) {
        return namespace.stored(StatefulSet.class, "db").getStatus();
    }

    private static Map<String, String> uids(HollowNamespace namespace) {
        return namespace.pods().stream()
                .collect(Collectors.toMap(
                        pod -> pod.getMetadata().getName(),
                        pod -> pod.getMetadata().getUid()));
    }

    private static List<String> images(HollowNamespace namespace) {
        return namespace.pods().stream()
                .map(pod -> pod.getMetadata().getName() + " "
                        + pod.getSpec().getContainers().getFirst().getImage())
                .sorted()
                .toList();
    }

    private static void soon(ThrowingRunnable assertion) {
        await().atMost(HollowNamespace.PATIENCE)
                .pollInterval(Duration.ofMillis(50))
                .untilAsserted(assertion);
    }

    private static void stays(ThrowingRunnable assertion) {
        await().during(A_WHILE).atMost(HollowNamespace.PATIENCE).untilAsserted(assertion);
    }
}
