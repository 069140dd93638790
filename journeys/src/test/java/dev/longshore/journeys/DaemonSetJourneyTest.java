package dev.longshore.journeys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.longshore.base.Json;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.ControllerRevision;
import io.fabric8.kubernetes.api.model.apps.ControllerRevisionBuilder;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.DaemonSetBuilder;
import io.fabric8.kubernetes.api.model.apps.DaemonSetStatus;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// One pod of a DaemonSet on each of the two nodes, whatever happens to pods, nodes and template.
@ExtendWith(HollowShared.class)
@Order(25)
class DaemonSetJourneyTest {

    private static final String MANIFEST = """
            {apiVersion: apps/v1, kind: DaemonSet, metadata: {name: agent}, spec: {selector: {matchLabels: {app: agent}},
              template: {metadata: {labels: {app: agent}}, spec: {terminationGracePeriodSeconds: 0, POD containers: [{name: main, image: "agent:1"}]}}}}
            """;

    @Test
    void eachNodeHasOnePodAndGetsAnotherForOneThatIsDeletedOrHasFailed() {
        try (var namespace = HollowNamespace.fresh("daemon")) {
            create(namespace, "");
            isOnEachNode(namespace);
            Map<String, String> first = uids(namespace);
            String node = first.keySet().iterator().next();

            namespace.client().resource(pod(namespace, node)).delete();
            soon(() -> assertThat(uids(namespace)).hasSize(2).doesNotContainValue(first.get(node)));
            isOnEachNode(namespace);
            Map<String, String> second = uids(namespace);

            new PodPlay(namespace).fail(pod(namespace, node).getMetadata().getName(), 1);
            soon(() -> assertThat(uids(namespace)).hasSize(2).doesNotContainValue(second.get(node)));
            isOnEachNode(namespace);
            assertThat(uids(namespace).values()).as("the other stayed").containsAnyElementsOf(first.values());
        }
    }

    @Test
    void labelsOfNodesDecideWhereItRuns() {
        try (var namespace = HollowNamespace.fresh("placed")) {
            String label = namespace.name() + "-color";
            create(namespace, "nodeSelector: {%s: blue},".formatted(label));
            soon(() -> assertThat(status(namespace).getObservedGeneration()).isEqualTo(1));
            assertThat(status(namespace).getDesiredNumberScheduled()).isZero();

            label(namespace, "node-1", label, "blue");
            try {
                soon(() -> {
                    assertThat(uids(namespace)).containsOnlyKeys("node-1");
                    assertThat(status(namespace).getNumberReady()).isEqualTo(1);
                });
                label(namespace, "node-1", label, "green");
                soon(() -> assertThat(namespace.pods()).isEmpty());

                edit(
                        namespace,
                        set -> set.editSpec()
                                .withNewUpdateStrategy()
                                .withType("RollingUpdate")
                                .endUpdateStrategy()
                                .editTemplate()
                                .editSpec()
                                .withNodeSelector(Map.of(label, "green"))
                                .endSpec()
                                .endTemplate()
                                .endSpec()
                                .build());
                soon(() -> assertThat(uids(namespace)).containsOnlyKeys("node-1"));
            } finally {
                label(namespace, "node-1", label, null);
            }
            soon(() -> assertThat(namespace.pods()).isEmpty());
        }
    }

    @Test
    void aRollingUpdateReplacesAllAndKeepsBothTemplates() {
        try (var namespace = HollowNamespace.fresh("rolled")) {
            create(namespace, "");
            isOnEachNode(namespace);
            Map<String, String> before = uids(namespace);

            image(namespace, "agent:2");

            soon(() -> {
                assertThat(namespace.pods())
                        .hasSize(2)
                        .allSatisfy(pod -> assertThat(
                                        pod.getSpec().getContainers().getFirst().getImage())
                                .isEqualTo("agent:2"));
                assertThat(uids(namespace).values()).doesNotContainAnyElementsOf(before.values());
                assertThat(status(namespace).getUpdatedNumberScheduled()).isEqualTo(2);
                assertThat(status(namespace).getNumberAvailable()).isEqualTo(2);
            });
            assertThat(revisions(namespace))
                    .extracting(ControllerRevision::getRevision)
                    .containsExactlyInAnyOrder(1L, 2L);
        }
    }

    @Test
    void whoeverWasNotReplacedYetIsNotRestartedByARollback() {
        try (var namespace = HollowNamespace.fresh("rollback")) {
            create(namespace, "");
            isOnEachNode(namespace);
            Map<String, String> before = uids(namespace);

            // Pods of the second template never become ready: the update stays at the first of them.
            edit(
                    namespace,
                    set -> set.editSpec()
                            .editTemplate()
                            .editSpec()
                            .addNewReadinessGate("example.com/never")
                            .endSpec()
                            .endTemplate()
                            .endSpec()
                            .build());
            soon(() -> {
                assertThat(status(namespace).getUpdatedNumberScheduled()).isEqualTo(1);
                assertThat(namespace.pods())
                        .filteredOn(pod -> !pod.getSpec().getReadinessGates().isEmpty())
                        .singleElement()
                        .satisfies(pod -> assertThat(pod.getStatus().getPhase()).isEqualTo("Running"));
            });
            List<String> untouched = uids(namespace).values().stream()
                    .filter(before::containsValue)
                    .toList();
            assertThat(untouched).hasSize(1);

            edit(
                    namespace,
                    set -> set.editSpec()
                            .editTemplate()
                            .editSpec()
                            .withReadinessGates(List.of())
                            .endSpec()
                            .endTemplate()
                            .endSpec()
                            .build());

            soon(() -> {
                assertThat(status(namespace).getUpdatedNumberScheduled()).isEqualTo(2);
                assertThat(status(namespace).getNumberAvailable()).isEqualTo(2);
                assertThat(namespace.pods())
                        .hasSize(2)
                        .allSatisfy(pod ->
                                assertThat(pod.getSpec().getReadinessGates()).isEmpty());
            });
            assertThat(uids(namespace).values()).containsAll(untouched);
        }
    }

    @Test
    void itsRevisionsAreObjectsThatCanBeListedChangedAndDeletedAndComeBack() {
        try (var namespace = HollowNamespace.fresh("revisions")) {
            create(namespace, "");
            isOnEachNode(namespace);
            var api = new RawApi(namespace.client());
            String all = "/apis/apps/v1/controllerrevisions?labelSelector=app=agent";
            String here = "/apis/apps/v1/namespaces/" + namespace.name() + "/controllerrevisions";
            ControllerRevision first = revisions(namespace).getFirst();
            assertThat(api.get(all).path("items").valueStream())
                    .anySatisfy(item -> assertThat(item.at("/metadata/uid").asString())
                            .isEqualTo(first.getMetadata().getUid()));
            assertThat(api.get(here + "/" + first.getMetadata().getName())
                            .path("revision")
                            .asInt())
                    .isEqualTo(1);

            assertThat(api.merge(
                                    here + "/" + first.getMetadata().getName(),
                                    "{\"metadata\":{\"labels\":{\"patched\":\"yes\"}}}")
                            .at("/metadata/labels/patched")
                            .asString())
                    .isEqualTo("yes");
            namespace
                    .client()
                    .resource(new ControllerRevisionBuilder(first)
                            .editMetadata()
                            .withName("by-hand")
                            .withUid(null)
                            .withResourceVersion(null)
                            .withOwnerReferences(List.of())
                            .withLabels(Map.of("app", "other"))
                            .endMetadata()
                            .withRevision(7L)
                            .build())
                    .create();
            assertThat(api.replace(here + "/by-hand", revision -> revision.put("revision", 8))
                            .path("revision")
                            .asInt())
                    .isEqualTo(8);
            api.delete(here + "/by-hand");
            image(namespace, "agent:2");
            soon(() -> assertThat(revisions(namespace)).hasSize(2));

            api.delete(here + "?labelSelector=app=agent,patched=yes");
            soon(() -> assertThat(revisions(namespace))
                    .singleElement()
                    .satisfies(left -> assertThat(left.getRevision()).isEqualTo(2)));
            api.delete(here + "?labelSelector=app=agent");
            image(namespace, "agent:3");
            soon(() -> assertThat(revisions(namespace)).isNotEmpty());
            soon(() -> assertThat(status(namespace).getUpdatedNumberScheduled()).isEqualTo(2));
        }
    }

    private static void create(HollowNamespace namespace, String pod) {
        namespace.create(MANIFEST.replace("POD", pod), DaemonSet.class);
    }

    private static void isOnEachNode(HollowNamespace namespace) {
        soon(() -> {
            assertThat(uids(namespace)).containsOnlyKeys("node-1", "node-2");
            assertThat(namespace.pods()).hasSize(2);
            assertThat(status(namespace).getDesiredNumberScheduled()).isEqualTo(2);
            assertThat(status(namespace).getCurrentNumberScheduled()).isEqualTo(2);
            assertThat(status(namespace).getNumberReady()).isEqualTo(2);
            assertThat(status(namespace).getNumberAvailable()).isEqualTo(2);
        });
    }

    private static Pod pod(HollowNamespace namespace, String node) {
        return namespace.pods().stream()
                .filter(pod -> node.equals(pod.getSpec().getNodeName()))
                .findFirst()
                .orElseThrow();
    }

    /// By node.
    private static Map<String, String> uids(HollowNamespace namespace) {
        return namespace.pods().stream()
                .filter(pod -> pod.getSpec().getNodeName() != null)
                .collect(Collectors.toMap(
                        pod -> pod.getSpec().getNodeName(),
                        pod -> pod.getMetadata().getUid(),
                        (one, other) -> one + " " + other));
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

    private static DaemonSetStatus status(HollowNamespace namespace) {
        return namespace.stored(DaemonSet.class, "agent").getStatus();
    }

    /// @param value null to take the label off
    private static void label(HollowNamespace namespace, String node, String label, String value) {
        new RawApi(namespace.client())
                .merge(
                        "/api/v1/nodes/" + node,
                        Json.object()
                                .set(
                                        "metadata",
                                        Json.object()
                                                .set("labels", Json.object().put(label, value)))
                                .toString());
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

    private static void edit(HollowNamespace namespace, Function<DaemonSetBuilder, DaemonSet> change) {
        namespace.edit(DaemonSet.class, "agent", set -> change.apply(new DaemonSetBuilder(set)));
    }

    private static void soon(ThrowingRunnable assertion) {
        await().atMost(HollowNamespace.PATIENCE)
                .pollInterval(Duration.ofMillis(50))
                .untilAsserted(assertion);
    }
}
