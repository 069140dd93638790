package dev.longshore.journeys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/// Whoever installs a metrics-server gets what that says, not what we measure.
@ExtendWith(HollowShared.class)
@Order(22)
@Timeout(120)
class MetricsTakeoverJourneyTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String PATH = "/apis/metrics.k8s.io/v1beta1";

    @Test
    void aServerThatSomebodyInstallsWinsUntilHeRemovesIt() {
        try (KubernetesClient client = HollowShared.client()) {
            Kubectl kubectl = Kubectl.both().toList().getLast().fresh("metrics-server");
            assertThat(kubectl.ok("get", "--raw", PATH + "/nodes")).contains("NodeMetricsList");
            // The place is free: an installer that creates finds nothing in its way.
            assertThat(kubectl.ok("get", "apiservices")).doesNotContain("metrics.k8s.io");

            try (var theirs = new ExtensionServer(client, "metrics-server." + kubectl.namespace() + ".svc")) {
                theirs.on(PATH, """
                                {'kind':'APIResourceList','apiVersion':'v1','groupVersion':'metrics.k8s.io/v1beta1',\
                                'resources':[{'name':'nodes','singularName':'','namespaced':false,'kind':'NodeMetrics',\
                                'verbs':['get','list']}]}""").on(PATH + "/nodes", """
                                {'kind':'NodeMetricsList','apiVersion':'metrics.k8s.io/v1beta1','metadata':{},'items':[{\
                                'metadata':{'name':'theirs','creationTimestamp':'2026-01-01T00:00:00Z'},\
                                'timestamp':'2026-01-01T00:00:00Z','window':'10s','usage':{'cpu':'250m','memory':'64Mi'}}]}""");
                kubectl.okWith(
                        "{apiVersion: v1, kind: Service, metadata: {name: metrics-server},"
                                + " spec: {type: ExternalName, externalName: localhost}}",
                        "create");
                kubectl.okWith(registration(kubectl.namespace(), theirs), "create");
                kubectl.ok("wait", "--for=condition=Available", "apiservice/v1beta1.metrics.k8s.io", "--timeout=60s");

                assertThat(kubectl.ok("top", "nodes", "--no-headers")).contains("theirs", "250m", "64Mi");
                assertThat(kubectl.ok("get", "--raw", "/apis/metrics.k8s.io")).contains("metrics.k8s.io/v1beta1");
                assertThat(kubectl.ok("api-resources", "--api-group=metrics.k8s.io"))
                        .contains("NodeMetrics")
                        .doesNotContain("PodMetrics");
            } finally {
                kubectl.run("delete", "apiservice", "v1beta1.metrics.k8s.io", "--ignore-not-found");
            }
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(kubectl.ok("get", "--raw", PATH + "/nodes"))
                            .contains("NodeMetricsList")
                            .doesNotContain("theirs"));
        }
    }

    /// As metrics-server's own manifest has it.
    private static String registration(String namespace, ExtensionServer server) {
        return """
                apiVersion: apiregistration.k8s.io/v1
                kind: APIService
                metadata: {name: v1beta1.metrics.k8s.io, labels: {k8s-app: metrics-server}}
                spec:
                  group: metrics.k8s.io
                  version: v1beta1
                  groupPriorityMinimum: 100
                  versionPriority: 100
                  insecureSkipTLSVerify: true
                  service: {name: metrics-server, namespace: %s, port: %d}
                """.formatted(namespace, server.port());
    }
}
