package dev.longshore.journeys;

import static dev.longshore.journeys.MovedCluster.soon;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeCondition;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.Taint;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Nodes of which nothing is heard any more, and what becomes of their pods.
@ExtendWith(MovedCluster.class)
@Order(22)
class NodeLossJourneyTest {

    private static final String UNREACHABLE = "node.kubernetes.io/unreachable";
    private static final String POD = """
            {apiVersion: v1, kind: Pod, metadata: {name: NAME}, spec: {nodeName: NODE, terminationGracePeriodSeconds: 1,
              tolerations: [TOLERATION], containers: [{name: main, image: web}]}}
            """;
    private static final String DEPLOYMENT = """
            {apiVersion: apps/v1, kind: Deployment, metadata: {name: web}, spec: {replicas: 2, selector: {matchLabels: {app: web}},
              template: {metadata: {labels: {app: web}}, spec: {terminationGracePeriodSeconds: 1,
                affinity: {nodeAffinity: {preferredDuringSchedulingIgnoredDuringExecution: [{weight: 100,
                  preference: {matchExpressions: [{key: kubernetes.io/hostname, operator: In, values: [NODE]}]}}]}},
                containers: [{name: main, image: web}]}}}}
            """;
    private static final String DAEMON_SET = """
            {apiVersion: apps/v1, kind: DaemonSet, metadata: {name: agent}, spec: {selector: {matchLabels: {app: agent}},
              template: {metadata: {labels: {app: agent}}, spec: {terminationGracePeriodSeconds: 1, containers: [{name: main, image: agent}]}}}}
            """;
    private static final String STATEFUL_SET = """
            {apiVersion: apps/v1, kind: StatefulSet, metadata: {name: db}, spec: {replicas: 1, serviceName: db, selector: {matchLabels: {app: db}},
              template: {metadata: {labels: {app: db}}, spec: {terminationGracePeriodSeconds: 1,
                affinity: {nodeAffinity: {preferredDuringSchedulingIgnoredDuringExecution: [{weight: 100,
                  preference: {matchExpressions: [{key: kubernetes.io/hostname, operator: In, values: [NODE]}]}}]}},
                containers: [{name: main, image: db}]}}}}
            """;

    private final MovedCluster cluster = MovedCluster.cluster();

    @Test
    void aSilentNodeIsUnreachableAfterItsGraceAndItsPodsAreEvictedWhenTheyTolerateItNoLonger() {
        cluster.addNode("lost", "here");
        try (var namespace = cluster.namespace("lost")) {
            namespace.create(DEPLOYMENT.replace("NODE", "lost"), Deployment.class);
            namespace.create(STATEFUL_SET.replace("NODE", "lost"), StatefulSet.class);
            namespace.create(DAEMON_SET, DaemonSet.class);
            create(
                    namespace,
                    "brief",
                    "lost",
                    "{key: " + UNREACHABLE + ", operator: Exists, effect: NoExecute, tolerationSeconds: 20}");
            create(namespace, "loyal", "lost", "{key: " + UNREACHABLE + ", operator: Exists, effect: NoExecute}");
            soon(() -> assertThat(ready(namespace, "lost")).hasSize(6));
            Instant silence = cluster.now();
            cluster.silence("lost");

            cluster.passUntil(Duration.ofMinutes(2), () -> taint("lost").isPresent());

            Node node = node("lost");
            assertThat(node.getStatus().getConditions())
                    .filteredOn(condition -> !condition.getType().equals("NetworkUnavailable"))
                    .isNotEmpty()
                    .allSatisfy(condition -> {
                        assertThat(condition.getStatus()).isEqualTo("Unknown");
                        assertThat(condition.getReason()).isEqualTo("NodeStatusUnknown");
                        assertThat(condition.getMessage()).isEqualTo("Kubelet stopped posting node status.");
                    });
            assertThat(Duration.between(
                            silence, Instant.parse(readyCondition(node).getLastTransitionTime())))
                    .isBetween(Duration.ofSeconds(38), Duration.ofSeconds(65));
            assertThat(node.getSpec().getTaints())
                    .extracting(Taint::getKey, Taint::getEffect)
                    .contains(tuple(UNREACHABLE, "NoSchedule"), tuple(UNREACHABLE, "NoExecute"));
            soon(() -> assertThat(ready(namespace, "lost")).isEmpty());
            soon(() -> assertThat(namespace.told("loyal")).contains("NodeNotReady: Node is not ready"));

            Instant tainted = Instant.parse(taint("lost").orElseThrow().getTimeAdded());
            cluster.passUntil(
                    Duration.ofMinutes(8), () -> deleted(namespace, "lost").size() == 4);

            assertThat(deletion(namespace.stored(Pod.class, "brief")))
                    .isBetween(tainted.plusSeconds(20), tainted.plusSeconds(40));
            assertThat(deleted(namespace, "lost"))
                    .filteredOn(pod -> !pod.getMetadata().getName().equals("brief"))
                    .allSatisfy(pod ->
                            assertThat(deletion(pod)).isBetween(tainted.plusSeconds(300), tainted.plusSeconds(330)))
                    .allSatisfy(
                            pod -> assertThat(condition(pod, "DisruptionTarget").getReason())
                                    .isEqualTo("DeletionByTaintManager"));
            soon(() -> assertThat(namespace
                            .stored(Deployment.class, "web")
                            .getStatus()
                            .getReadyReplicas())
                    .isEqualTo(2));
            assertThat(pods(namespace, "db")).as("never two of one name").hasSize(1);
            assertThat(namespace.stored(Pod.class, "loyal").getMetadata().getDeletionTimestamp())
                    .isNull();
            assertThat(pods(namespace, "agent"))
                    .allSatisfy(pod ->
                            assertThat(pod.getMetadata().getDeletionTimestamp()).isNull());

            cluster.resume("lost");

            soon(() -> {
                assertThat(node("lost").getSpec().getTaints()).isEmpty();
                assertThat(deleted(namespace, "lost")).isEmpty();
                assertThat(condition(namespace.stored(Pod.class, "loyal"), "Ready")
                                .getStatus())
                        .isEqualTo("True");
                assertThat(pods(namespace, "db"))
                        .singleElement()
                        .satisfies(pod ->
                                assertThat(condition(pod, "Ready").getStatus()).isEqualTo("True"));
                assertThat(pods(namespace, "agent")).hasSize(4);
            });
        } finally {
            cluster.silence("lost");
            cluster.forget("lost");
        }
    }

    @Test
    void aNodeThatReturnsInTimeKeepsItsPods() {
        cluster.addNode("away", "here");
        try (var namespace = cluster.namespace("away")) {
            create(namespace, "web", "away", "");
            soon(() -> assertThat(ready(namespace, "away")).hasSize(1));
            String uid = namespace.stored(Pod.class, "web").getMetadata().getUid();
            cluster.silence("away");
            cluster.passUntil(Duration.ofMinutes(2), () -> taint("away").isPresent());
            cluster.pass(Duration.ofSeconds(200));

            cluster.resume("away");
            cluster.pass(Duration.ofSeconds(200));

            Pod pod = namespace.stored(Pod.class, "web");
            assertThat(pod.getMetadata().getUid()).isEqualTo(uid);
            assertThat(pod.getMetadata().getDeletionTimestamp()).isNull();
            soon(() -> assertThat(ready(namespace, "away")).hasSize(1));
            assertThat(pod.getStatus().getContainerStatuses().getFirst().getRestartCount())
                    .isZero();
        } finally {
            cluster.silence("away");
            cluster.forget("away");
        }
    }

    @Test
    void aZoneThatIsMostlySilentIsNotEmptiedUntilItIsSilentAltogether() {
        List<String> zone = List.of("zone-1", "zone-2", "zone-3", "zone-4");
        zone.forEach(node -> cluster.addNode(node, "far"));
        try (var namespace = cluster.namespace("zone")) {
            List<String> silent = zone.subList(0, 3);
            silent.forEach(node -> create(namespace, "on-" + node, node, ""));
            soon(() -> assertThat(silent)
                    .allSatisfy(node -> assertThat(ready(namespace, node)).hasSize(1)));
            silent.forEach(cluster::silence);
            cluster.passUntil(Duration.ofMinutes(2), () -> silent.stream().noneMatch(cluster::isReady));
            cluster.pass(Duration.ofSeconds(400));
            assertThat(silent)
                    .as("the first were given up before it was known how many there would be")
                    .anySatisfy(node -> {
                        assertThat(taint(node)).isEmpty();
                        assertThat(deleted(namespace, node)).isEmpty();
                    });

            cluster.silence("zone-4");

            cluster.passUntil(
                    Duration.ofMinutes(9),
                    () -> silent.stream()
                            .noneMatch(node -> deleted(namespace, node).isEmpty()));
        } finally {
            zone.forEach(cluster::silence);
            zone.forEach(cluster::forget);
        }
    }

    @Test
    void podsOfANodeThatWasTakenOutAreRemoved() {
        cluster.addNode("gone", "here");
        try (var namespace = cluster.namespace("gone")) {
            create(namespace, "web", "gone", "");
            soon(() -> assertThat(ready(namespace, "gone")).hasSize(1));
            cluster.silence("gone");
            cluster.forget("gone");

            cluster.passUntil(Duration.ofMinutes(3), () -> namespace.pods().isEmpty());
        }
    }

    private static void create(HollowNamespace namespace, String name, String node, String toleration) {
        namespace.create(POD.replace("NAME", name).replace("NODE", node).replace("TOLERATION", toleration), Pod.class);
    }

    private Node node(String name) {
        return cluster.client().nodes().withName(name).get();
    }

    private static NodeCondition readyCondition(Node node) {
        return node.getStatus().getConditions().stream()
                .filter(condition -> condition.getType().equals("Ready"))
                .findFirst()
                .orElseThrow();
    }

    private Optional<Taint> taint(String node) {
        return node(node).getSpec().getTaints().stream()
                .filter(taint ->
                        taint.getKey().equals(UNREACHABLE) && taint.getEffect().equals("NoExecute"))
                .findFirst();
    }

    private static List<Pod> on(HollowNamespace namespace, String node) {
        return namespace.pods().stream()
                .filter(pod -> Objects.equals(pod.getSpec().getNodeName(), node))
                .toList();
    }

    private static List<Pod> ready(HollowNamespace namespace, String node) {
        return on(namespace, node).stream()
                .filter(pod -> pod.getStatus().getConditions().stream()
                        .anyMatch(condition -> condition.getType().equals("Ready")
                                && condition.getStatus().equals("True")))
                .toList();
    }

    private static List<Pod> deleted(HollowNamespace namespace, String node) {
        return on(namespace, node).stream()
                .filter(pod -> pod.getMetadata().getDeletionTimestamp() != null)
                .toList();
    }

    private static List<Pod> pods(HollowNamespace namespace, String app) {
        return namespace.pods().stream()
                .filter(pod -> pod.getMetadata().getName().startsWith(app + "-"))
                .toList();
    }

    private static Instant deletion(Pod pod) {
        return Instant.parse(pod.getMetadata().getDeletionTimestamp());
    }

    private static PodCondition condition(Pod pod, String type) {
        return pod.getStatus().getConditions().stream()
                .filter(condition -> condition.getType().equals(type))
                .findFirst()
                .orElseThrow();
    }
}
