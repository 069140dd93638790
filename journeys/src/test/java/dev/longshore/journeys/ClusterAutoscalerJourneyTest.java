package dev.longshore.journeys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.authorization.v1.SubjectAccessReview;
import io.fabric8.kubernetes.api.model.authorization.v1.SubjectAccessReviewBuilder;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/// What the cluster autoscaler promises, with the real API server, scheduler and kubelets, and delays cut short. Each
/// test has groups of its own, whose taint keeps everybody else away.
@ExtendWith(HollowShared.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Order(18)
class ClusterAutoscalerJourneyTest {

    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final String GROUPS = """
            groups:
            - {name: elastic, min: 1, max: 4, cpu: 2, memory: 4Gi, labels: {pool: elastic}, taints: ["pool=elastic:NoSchedule"]}
            - {name: guarded, max: 2, cpu: 2, labels: {pool: guarded}, taints: ["pool=guarded:NoSchedule"]}
            - {name: pair-broken, max: 3, labels: {pool: pair}, taints: ["pool=pair:NoSchedule"], shortage: no capacity left}
            - {name: pair-working, max: 3, labels: {pool: pair}, taints: ["pool=pair:NoSchedule"]}
            autoscaler:
              scan-interval: 1s
              expander: priority
              scale-down-unneeded-time: 2s
              scale-down-delay-after-add: 2s
              scale-down-delay-after-failure: 1s
              scale-down-utilization-threshold: 0.45
              unremovable-node-recheck-timeout: 1s
              node-delete-delay-after-taint: 100ms
            """;
    private static final String PRIORITIES = """
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: cluster-autoscaler-priority-expander, namespace: kube-system}
            data:
              priorities: |
                10: [".*"]
                50: ["-broken$"]
            """;

    private KubernetesClient client;
    private AutoCloseable autoscaler;

    @BeforeAll
    void begin() {
        client = HollowShared.client();
        client.load(new ByteArrayInputStream(PRIORITIES.getBytes(StandardCharsets.UTF_8)))
                .create();
        autoscaler = HollowShared.cluster().autoscale(GROUPS);
    }

    @AfterAll
    void end() throws Exception {
        autoscaler.close();
        assertThat(client.nodes().withLabel("longshore.dev/hollow-group").list().getItems())
                .isEmpty();
        client.configMaps()
                .inNamespace("kube-system")
                .withName("cluster-autoscaler-priority-expander")
                .delete();
        client.close();
    }

    @Test
    void aGroupGrowsFromOneNodeToFourUnderLoadAndShrinksToOneAfterIt() {
        try (var namespace = HollowNamespace.fresh("elastic")) {
            awaitReady("elastic", 1);
            namespace.create(deployment("load", "elastic", 7, "900m"), Deployment.class);

            awaitReady("elastic", 4);
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(running(namespace)).isEqualTo(7));
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(namespace.pods())
                            .anySatisfy(pod -> assertThat(
                                            namespace.told(pod.getMetadata().getName()))
                                    .contains("TriggeredScaleUp: pod triggered scale-up: [{elastic 1->4 (max: 4)}]")));
            awaitToldOfCluster(
                    told -> assertThat(told).contains("Scale-up: group elastic size set to 4 instead of 1 (max: 4)"));

            client.apps()
                    .deployments()
                    .inNamespace(namespace.name())
                    .withName("load")
                    .scale(1);
            awaitReady("elastic", 1);
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(running(namespace)).isEqualTo(1));
            awaitToldOfCluster(told ->
                    assertThat(told).anyMatch(message -> message.matches("Scale-down: .*node elastic-\\d+ removed.*")));
            assertThat(status()).contains("autoscalerStatus: Running", "- name: elastic");
        }
    }

    @Test
    void aPodThatNoGroupCanTakeIsToldWhy() {
        try (var namespace = HollowNamespace.fresh("hopeless")) {
            namespace.create(deployment("huge", "elastic", 1, "64"), Deployment.class);

            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(namespace.pods())
                            .singleElement()
                            .satisfies(pod -> assertThat(
                                            namespace.told(pod.getMetadata().getName()))
                                    .anySatisfy(told -> assertThat(told)
                                            .startsWith("NotTriggerScaleUp: pod didn't trigger scale-up: ")
                                            .contains(
                                                    "1 Insufficient cpu",
                                                    "2 node(s) had untolerated taint {pool: pair}"))));
        }
    }

    @Test
    void aDisruptionBudgetStopsTheRemovalOfANodeUntilItAllowsIt() {
        try (var namespace = HollowNamespace.fresh("guarded")) {
            namespace.create("""
                    apiVersion: policy/v1
                    kind: PodDisruptionBudget
                    metadata: {name: web}
                    spec: {maxUnavailable: 0, selector: {matchLabels: {app: web}}}
                    """, PodDisruptionBudget.class);
            // Three need two nodes; of these, one is dropped from the node that has two.
            namespace.create(deployment("web", "guarded", 3, "850m"), Deployment.class);
            awaitReady("guarded", 2);
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(running(namespace)).isEqualTo(3));
            client.apps()
                    .deployments()
                    .inNamespace(namespace.name())
                    .withName("web")
                    .scale(2);
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(running(namespace)).isEqualTo(2));
            assertThat(namespace.pods().stream()
                            .filter(ClusterAutoscalerJourneyTest::isStaying)
                            .map(pod -> pod.getSpec().getNodeName())
                            .distinct())
                    .hasSize(2);

            awaitLooks(6);
            assertThat(ready("guarded")).hasSize(2);
            assertThat(running(namespace)).isEqualTo(2);

            client.resources(PodDisruptionBudget.class)
                    .inNamespace(namespace.name())
                    .withName("web")
                    .edit(budget -> {
                        budget.getSpec().setMaxUnavailable(new IntOrString(1));
                        return budget;
                    });
            awaitReady("guarded", 1);
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(running(namespace)).isEqualTo(2));
            awaitToldOfCluster(told -> assertThat(told)
                    .anyMatch(message -> message.matches("Scale-down: removing node guarded-\\d, utilization: .*")));
        }
    }

    @Test
    void aGroupThatCannotGrowIsLeftAloneAndTheNextBestIsUsed() {
        try (var namespace = HollowNamespace.fresh("pair")) {
            namespace.create(deployment("web", "pair", 1, "500m"), Deployment.class);

            awaitReady("pair-working", 1);
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(running(namespace)).isEqualTo(1));
            awaitToldOfCluster(
                    told -> assertThat(told).contains("Scale-up failed for group pair-broken: no capacity left"));
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(status())
                            .containsSubsequence(
                                    "- name: pair-broken", "status: Backoff", "errorMessage: ", "no capacity left"));
        }
    }

    @Test
    void itsIdentityMayDoWhatItMustAndNoMore() {
        assertThat(may("update", "", "nodes", "")).isTrue();
        assertThat(may("create", "", "pods", "eviction")).isTrue();
        assertThat(may("delete", "", "pods", "")).isFalse();
        assertThat(may("delete", "", "nodes", "")).isFalse();
        assertThat(may("get", "", "secrets", "")).isFalse();
    }

    private boolean may(String verb, String group, String resource, String subresource) {
        SubjectAccessReview review = client.resource(new SubjectAccessReviewBuilder()
                        .withNewSpec()
                        .withUser("system:serviceaccount:kube-system:cluster-autoscaler")
                        .withNewResourceAttributes()
                        .withVerb(verb)
                        .withGroup(group)
                        .withResource(resource)
                        .withSubresource(subresource)
                        .withNamespace("kube-system")
                        .endResourceAttributes()
                        .endSpec()
                        .build())
                .create();
        return Boolean.TRUE.equals(review.getStatus().getAllowed());
    }

    private static String deployment(String name, String pool, int replicas, String cpu) {
        return """
                apiVersion: apps/v1
                kind: Deployment
                metadata: {name: %1$s}
                spec:
                  replicas: %3$d
                  selector: {matchLabels: {app: %1$s}}
                  template:
                    metadata: {labels: {app: %1$s}}
                    spec:
                      nodeSelector: {pool: %2$s}
                      tolerations: [{key: pool, value: %2$s, effect: NoSchedule}]
                      containers: [{name: main, image: nginx, resources: {requests: {cpu: %4$s}}}]
                """.formatted(name, pool, replicas, cpu);
    }

    private void awaitReady(String group, int nodes) {
        await().atMost(PATIENCE).untilAsserted(() -> {
            assertThat(ready(group)).hasSize(nodes);
            assertThat(client.nodes()
                            .withLabel("longshore.dev/hollow-group", group)
                            .list()
                            .getItems())
                    .hasSize(nodes);
        });
    }

    private List<Node> ready(String group) {
        return client.nodes().withLabel("longshore.dev/hollow-group", group).list().getItems().stream()
                .filter(node -> node.getStatus().getConditions().stream()
                        .anyMatch(condition -> condition.getType().equals("Ready")
                                && condition.getStatus().equals("True")))
                .toList();
    }

    private static long running(HollowNamespace namespace) {
        return namespace.pods().stream()
                .filter(pod -> "Running".equals(pod.getStatus().getPhase()))
                .filter(ClusterAutoscalerJourneyTest::isStaying)
                .count();
    }

    private static boolean isStaying(Pod pod) {
        return pod.getMetadata().getDeletionTimestamp() == null;
    }

    private String status() {
        return client.configMaps()
                .inNamespace("kube-system")
                .withName("cluster-autoscaler-status")
                .get()
                .getData()
                .get("status");
    }

    /// Until the autoscaler has looked so many times more.
    private void awaitLooks(int looks) {
        for (int i = 0; i < looks; i++) {
            String before = status();
            await().atMost(PATIENCE).until(() -> !status().equals(before));
        }
    }

    /// An event comes a moment after what it tells of.
    private void awaitToldOfCluster(Consumer<List<String>> wanted) {
        await().atMost(PATIENCE).untilAsserted(() -> wanted.accept(toldOfCluster()));
    }

    private List<String> toldOfCluster() {
        return client.v1().events().inNamespace("kube-system").list().getItems().stream()
                .filter(event -> event.getInvolvedObject().getName().equals("cluster-autoscaler-status"))
                .map(Event::getMessage)
                .toList();
    }
}
