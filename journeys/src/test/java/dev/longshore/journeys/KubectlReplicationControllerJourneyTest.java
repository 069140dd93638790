package dev.longshore.journeys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/// The life of a ReplicationController and its pods.
@ExtendWith(HollowShared.class)
@ParameterizedClass
@MethodSource("dev.longshore.journeys.Kubectl#both")
@Order(16)
record KubectlReplicationControllerJourneyTest(Kubectl anywhere) {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String LAST = "{.status.replicas} {.status.readyReplicas} {.status.availableReplicas}"
            + " {.status.fullyLabeledReplicas}";

    @Test
    void itsPodsAreScaledPatchedAndStopped() {
        Kubectl kubectl = withController("rc", 1);

        assertThat(kubectl.ok("scale", "rc", "old", "--replicas=3")).isEqualTo("replicationcontroller/old scaled\n");
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(kubectl.value("rc old", LAST)).isEqualTo("3 3 3 3"));
        assertThat(kubectl.ok("scale", "rc", "old", "--replicas=1", "--current-replicas=3"))
                .isEqualTo("replicationcontroller/old scaled\n");
        await().atMost(PATIENCE).untilAsserted(() -> {
            assertThat(kubectl.value("rc old", LAST)).isEqualTo("1 1 1 1");
            assertThat(pods(kubectl)).hasLineCount(1);
        });
        assertThat(kubectl.value("rc old", "{.metadata.generation}"))
                .isEqualTo(kubectl.value("rc old", "{.status.observedGeneration}"));

        String pod = pods(kubectl).strip();
        assertThat(kubectl.ok("patch", pod, "-p", "{\"metadata\":{\"annotations\":{\"x\":\"y\"}}}"))
                .isEqualTo(pod + " patched\n");
        assertThat(kubectl.value("pods -l app=old", "{.items[*].metadata.annotations.x}"))
                .isEqualTo("y");

        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(kubectl.ok("describe", "rc", "old"))
                        .containsPattern("Replicas: +1 current / 1 desired")
                        .containsPattern("Pods Status: +1 Running / 0 Waiting / 0 Succeeded / 0 Failed")
                        .contains("Image:", "SuccessfulCreate", "Created pod: old-"));
        assertThat(kubectl.ok("describe", pod)).containsPattern("Controlled By: +ReplicationController/old");

        assertThat(kubectl.ok("delete", "rc", "old")).startsWith("replicationcontroller \"old\" deleted");
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(pods(kubectl)).isEmpty());
    }

    @Test
    void itAndItsServiceAreExposedAndEndpointsFollow() {
        Kubectl kubectl = withController("rc-front", 1);

        assertThat(kubectl.ok("expose", "rc", "old", "--name=front", "--port=1234", "--target-port=6379"))
                .isEqualTo("service/front exposed\n");
        assertThat(kubectl.ok("expose", "service", "front", "--name=second", "--port=2345", "--target-port=6379"))
                .isEqualTo("service/second exposed\n");

        String ip = kubectl.value("pods -l app=old", "{.items[*].status.podIP}");
        assertThat(ip).isNotEmpty();
        for (String service : "front second".split(" ")) {
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(kubectl.value(
                                    "endpointslices -l kubernetes.io/service-name=" + service,
                                    "{.items[*].endpoints[*].addresses[*]} {.items[*].ports[*].port}"))
                            .isEqualTo(ip + " 6379"));
        }
    }

    @Test
    void itAdoptsAndReleasesByLabels() {
        Kubectl kubectl = anywhere.fresh("rc-labels");
        kubectl.ok("run", "stray", "--image=nginx", "--labels=app=old");
        kubectl.okWith(manifest(1), "create");

        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(kubectl.value("pod stray", "{.metadata.ownerReferences[0].name}"))
                        .isEqualTo("old"));
        kubectl.ok("label", "pod", "stray", "--overwrite", "app=other");

        await().atMost(PATIENCE).untilAsserted(() -> {
            assertThat(kubectl.value("pod stray", "{.metadata.ownerReferences}"))
                    .isEmpty();
            assertThat(pods(kubectl)).startsWith("pod/old-").hasLineCount(1);
        });
    }

    @Test
    void whatAQuotaRefusesIsToldAndMadeLater() {
        Kubectl kubectl = anywhere.fresh("rc-quota");
        kubectl.ok("create", "quota", "few", "--hard=pods=1");
        kubectl.ok("wait", "--for=jsonpath={.status.hard.pods}=1", "quota/few", "--timeout=20s");
        kubectl.okWith(manifest(2), "create");

        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(
                                kubectl.value("rc old", "{.status.conditions[*].type} {.status.conditions[*].reason}"))
                        .isEqualTo("ReplicaFailure FailedCreate"));
        kubectl.ok("patch", "quota", "few", "-p", "{\"spec\":{\"hard\":{\"pods\":\"2\"}}}");

        await().atMost(PATIENCE).untilAsserted(() -> {
            assertThat(pods(kubectl)).hasLineCount(2);
            assertThat(kubectl.value("rc old", "{.status.conditions}")).isEmpty();
        });
    }

    @Test
    void backgroundDeletionTakesThePodsAfterwards() {
        Kubectl kubectl = withController("rc-background", 2);

        kubectl.ok("delete", "rc", "old", "--cascade=background");

        await().atMost(PATIENCE).untilAsserted(() -> assertThat(pods(kubectl)).isEmpty());
    }

    @Test
    void foregroundDeletionTakesThePodsFirst() {
        Kubectl kubectl = withController("rc-foreground", 2);
        String held = pods(kubectl).lines().findFirst().orElseThrow();
        kubectl.ok("patch", held, "--type=merge", "-p", "{\"metadata\":{\"finalizers\":[\"example.com/hold\"]}}");

        kubectl.ok("delete", "rc", "old", "--cascade=foreground", "--wait=false");

        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(pods(kubectl).strip()).isEqualTo(held));
        assertThat(kubectl.value("rc old", "{.metadata.finalizers}")).isEqualTo("[\"foregroundDeletion\"]");
        kubectl.ok("patch", held, "--type=merge", "-p", "{\"metadata\":{\"finalizers\":null}}");
        kubectl.ok("wait", "--for=delete", "rc/old", "--timeout=60s");
        assertThat(pods(kubectl)).isEmpty();
    }

    @Test
    void orphansAreKeptAlsoWithoutAnyWordOnIt() {
        Kubectl kubectl = withController("rc-orphan", 2);
        String before = pods(kubectl);

        kubectl.ok("delete", "rc", "old", "--cascade=orphan");
        assertThat(kubectl.fails("get", "rc", "old")).contains("NotFound");
        assertThat(pods(kubectl)).isEqualTo(before);
        assertThat(kubectl.value("pods -l app=old", "{.items[*].metadata.ownerReferences}"))
                .isEmpty();

        kubectl.okWith(manifest(2), "create");
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(kubectl.value("rc old", LAST)).isEqualTo("2 2 2 2"));
        kubectl.ok("delete", "--raw", "/api/v1/namespaces/" + kubectl.namespace() + "/replicationcontrollers/old");
        await().atMost(PATIENCE)
                .untilAsserted(
                        () -> assertThat(kubectl.ok("get", "rc", "-o", "name")).isEmpty());
        assertThat(pods(kubectl)).isEqualTo(before);
    }

    private static String pods(Kubectl kubectl) {
        return kubectl.ok("get", "pods", "-l", "app=old", "-o", "name");
    }

    private Kubectl withController(String theme, int replicas) {
        Kubectl kubectl = anywhere.fresh(theme);
        assertThat(kubectl.okWith(manifest(replicas), "create")).isEqualTo("replicationcontroller/old created\n");
        kubectl.ok("wait", "--for=jsonpath={.status.readyReplicas}=" + replicas, "rc/old", "--timeout=60s");
        return kubectl;
    }

    private static String manifest(int replicas) {
        return """
                apiVersion: v1
                kind: ReplicationController
                metadata: {name: old}
                spec:
                  replicas: %d
                  selector: {app: old}
                  template:
                    metadata: {labels: {app: old}}
                    spec: {containers: [{name: main, image: nginx, ports: [{containerPort: 6379}]}]}
                """.formatted(replicas);
    }
}
