package dev.longshore.journeys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.longshore.base.Json;
import dev.longshore.http.Request;
import dev.longshore.http.Response;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.node.ObjectNode;

/// An autoscaler that goes by metrics which somebody else's API servers tell: of pods, and of the world outside.
@ExtendWith(HollowShared.class)
@Order(21)
@Timeout(180)
class ExternalMetricsJourneyTest {

    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final String CUSTOM = "custom.metrics.k8s.io/v1beta2";
    private static final String EXTERNAL = "external.metrics.k8s.io/v1beta1";

    private static String discovery(String groupVersion) {
        return "{'kind':'APIResourceList','apiVersion':'v1','groupVersion':'" + groupVersion + "','resources':[]}";
    }

    private static String registration(String groupVersion, ExtensionServer server, String namespace) {
        String group = groupVersion.substring(0, groupVersion.indexOf('/'));
        String version = groupVersion.substring(groupVersion.indexOf('/') + 1);
        return """
                apiVersion: apiregistration.k8s.io/v1
                kind: APIService
                metadata: {name: %s.%s}
                spec:
                  group: %s
                  version: %s
                  groupPriorityMinimum: 100
                  versionPriority: 100
                  caBundle: %s
                  service: {namespace: %s, name: adapter, port: %d}
                """.formatted(version, group, group, version, server.caBundle(), namespace, server.port());
    }

    @Test
    void replicasFollowWhatTheyTell() {
        try (KubernetesClient client = HollowShared.client()) {
            Kubectl kubectl = Kubectl.both().toList().getLast().fresh("adapter");
            assertThat(kubectl.ok("get", "--raw", "/apis/custom.metrics.k8s.io/v1beta1"))
                    .contains("APIResourceList");
            String names = "v1beta2.custom.metrics.k8s.io,v1beta1.external.metrics.k8s.io";
            try (var adapter = new ExtensionServer(client, "adapter." + kubectl.namespace() + ".svc")) {
                adapter.on("/apis/" + CUSTOM, discovery(CUSTOM))
                        .on("/apis/" + EXTERNAL, discovery(EXTERNAL))
                        .on("/apis/" + CUSTOM + "/namespaces/", request -> ofPods(client, kubectl.namespace(), "30"))
                        .on("/apis/" + EXTERNAL + "/namespaces/", ExternalMetricsJourneyTest::ofTheWorld);
                kubectl.okWith(
                        "{apiVersion: v1, kind: Service, metadata: {name: adapter},"
                                + " spec: {type: ExternalName, externalName: localhost}}",
                        "create");
                for (String each : List.of(CUSTOM, EXTERNAL)) {
                    kubectl.okWith(registration(each, adapter, kubectl.namespace()), "apply");
                }
                for (String each : names.split(",")) {
                    kubectl.ok("wait", "--for=condition=Available", "apiservice/" + each, "--timeout=60s");
                }
                // Other versions of the group were built in: now it has one voice.
                assertThat(kubectl.fails("get", "--raw", "/apis/custom.metrics.k8s.io/v1beta1"))
                        .contains("NotFound");
                assertThat(kubectl.ok("api-versions"))
                        .contains(CUSTOM)
                        .doesNotContain("custom.metrics.k8s.io/v1beta1\n");
                kubectl.ok("create", "deployment", "web", "--image=nginx");
                kubectl.okWith(autoscaler(), "create");

                // Pods: 30 each against 10, so three for each; the world: 20 against 4 each, so five.
                await().atMost(PATIENCE)
                        .untilAsserted(() -> assertThat(kubectl.value("deployment web", "{.spec.replicas}"))
                                .isEqualTo("5"));
                assertThat(kubectl.value("hpa web", "{.status.currentMetrics[*].type}"))
                        .isEqualTo("Pods External");
                Request asked = adapter.last("/apis/" + EXTERNAL + "/namespaces/");
                assertThat(asked.path()).endsWith("/namespaces/" + kubectl.namespace() + "/depth");
                assertThat(asked.headers().all("X-Remote-User"))
                        .containsExactly("system:serviceaccount:kube-system:horizontal-pod-autoscaler");
            } finally {
                kubectl.run("delete", "apiservice", names.split(",")[0], names.split(",")[1], "--ignore-not-found");
            }
        }
    }

    private static String autoscaler() {
        return """
                apiVersion: autoscaling/v2
                kind: HorizontalPodAutoscaler
                metadata: {name: web}
                spec:
                  minReplicas: 1
                  maxReplicas: 5
                  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
                  metrics:
                    - type: Pods
                      pods: {metric: {name: queue}, target: {type: AverageValue, averageValue: "10"}}
                    - type: External
                      external: {metric: {name: depth}, target: {type: AverageValue, averageValue: "4"}}
                """;
    }

    private static Response ofPods(KubernetesClient client, String namespace, String value) {
        ObjectNode list = Json.object().put("kind", "MetricValueList").put("apiVersion", CUSTOM);
        list.putObject("metadata");
        var items = list.putArray("items");
        client.pods()
                .inNamespace(namespace)
                .withLabel("app", "web")
                .list()
                .getItems()
                .forEach(pod -> {
                    ObjectNode item = items.addObject();
                    item.putObject("describedObject")
                            .put("kind", "Pod")
                            .put("namespace", namespace)
                            .put("name", pod.getMetadata().getName())
                            .put("apiVersion", "/v1");
                    item.putObject("metric").put("name", "queue");
                    item.put("timestamp", now()).put("value", value);
                });
        return Response.json(200, Json.bytes(list));
    }

    private static Response ofTheWorld(Request request) {
        ObjectNode list = Json.object().put("kind", "ExternalMetricValueList").put("apiVersion", EXTERNAL);
        list.putObject("metadata");
        list.putArray("items")
                .addObject()
                .put("metricName", "depth")
                .put("timestamp", now())
                .put("value", "20")
                .putObject("metricLabels");
        return Response.json(200, Json.bytes(list));
    }

    private static String now() {
        return Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
    }
}
