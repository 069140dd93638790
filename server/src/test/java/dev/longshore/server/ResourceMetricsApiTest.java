package dev.longshore.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.longshore.base.ManualTime;
import dev.longshore.http.Headers;
import dev.longshore.http.Request;
import dev.longshore.http.Response;
import dev.longshore.metrics.cluster.ClusterView;
import dev.longshore.metrics.custom.PodMetrics;
import dev.longshore.metrics.resource.NodeSource;
import dev.longshore.metrics.resource.ResourceMetrics;
import dev.longshore.model.UserInfo;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import tools.jackson.databind.JsonNode;

/// The API group `metrics.k8s.io` as clients see it, over one node that tells what two pods use.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ResourceMetricsApiTest {

    private static final String GROUP = "/apis/metrics.k8s.io";
    private static final String VERSION = GROUP + "/v1beta1";
    private static final String TABLE = "application/json;as=Table;g=meta.k8s.io;v=v1";
    private static final Duration RESOLUTION = Duration.ofSeconds(15);

    private final ManualTime time = new ManualTime();
    private final ResourceMetrics metrics = new ResourceMetrics(RESOLUTION, time);
    private final OneNode node = new OneNode();
    private RealApi api;

    @BeforeAll
    void start() {
        api = new RealApi(
                ApiSettings.DEFAULT,
                new MetricsApis(metrics, new PodMetrics(RESOLUTION, time)),
                (target, request) -> Response.text(200, "dialed"));
        metrics.start(node, node);
        await().until(() -> node.asked == 1);
        time.advance(RESOLUTION);
        await().until(() -> get(VERSION + "/nodes/one").status() == 200);
    }

    @AfterAll
    void stop() {
        metrics.close();
        api.close();
    }

    @Test
    void nodesAndPodsAreToldAsMetricsServerTellsThem() {
        assertThat(get(VERSION + "/nodes/one").text())
                .contains("\"kind\":\"NodeMetrics\"", "\"apiVersion\":\"metrics.k8s.io/v1beta1\"")
                .contains("\"metadata\":{\"name\":\"one\",\"creationTimestamp\":\"2026-01-01T00:00:15Z\","
                        + "\"labels\":{\"disk\":\"ssd\"}},\"timestamp\":\"2026-01-01T00:00:15Z\",\"window\":\"15s\","
                        + "\"usage\":{\"cpu\":\"1500m\",\"memory\":\"1Gi\"}}");
        JsonNode pod = get(VERSION + "/namespaces/default/pods/web").json();
        assertThat(pod.path("kind").asString()).isEqualTo("PodMetrics");
        assertThat(pod.at("/metadata/labels").toString()).isEqualTo("{\"app\":\"web\"}");
        assertThat(pod.path("window").asString()).isEqualTo("15s");
        assertThat(pod.path("containers").toString())
                .isEqualTo("[{\"name\":\"main\",\"usage\":{\"cpu\":\"100000002n\",\"memory\":\"5Mi\"}},"
                        + "{\"name\":\"side\",\"usage\":{\"cpu\":\"1m\",\"memory\":\"4097\"}}]");
    }

    @Test
    void listsKnowLabelsNamesAndNamespaces() {
        assertThat(names(VERSION + "/nodes")).containsExactly("one");
        assertThat(get(VERSION + "/pods").json().path("kind").asString()).isEqualTo("PodMetricsList");
        assertThat(names(VERSION + "/pods")).containsExactly("web", "db");
        assertThat(names(VERSION + "/pods?labelSelector=app%3Dweb")).containsExactly("web");
        assertThat(names(VERSION + "/pods?fieldSelector=metadata.name%3Ddb")).containsExactly("db");
        assertThat(names(VERSION + "/namespaces/default/pods")).containsExactly("web");
        assertThat(names(VERSION + "/namespaces/empty/pods")).isEmpty();
        assertThat(names(VERSION + "/nodes?labelSelector=disk%3Dhdd")).isEmpty();
    }

    @Test
    void whatIsNotKnownIsRefusedInMetricsServersWordsAndMissingInLists() {
        assertThat(refusal(VERSION + "/namespaces/default/pods/fresh"))
                .isEqualTo("404 podmetrics.metrics.k8s.io \"default/fresh\" not found");
        assertThat(refusal(VERSION + "/namespaces/default/pods/pending"))
                .isEqualTo("404 podmetrics.metrics.k8s.io \"default/pending\" not found");
        assertThat(refusal(VERSION + "/namespaces/default/pods/absent")).isEqualTo("404 pods \"absent\" not found");
        assertThat(refusal(VERSION + "/nodes/two")).isEqualTo("404 nodemetrics.metrics.k8s.io \"two\" not found");
        assertThat(refusal(VERSION + "/nodes/absent")).isEqualTo("404 node \"absent\" not found");
        assertThat(refusal(VERSION + "/nodes?fieldSelector=spec.unschedulable%3Dtrue"))
                .startsWith("400 ");
    }

    @Test
    void nothingCanBeWrittenOrWatched() {
        assertThat(api.send(RealApi.ADMIN, "DELETE", VERSION + "/nodes/one", "").status())
                .isEqualTo(405);
        assertThat(get(VERSION + "/nodes?watch=true").status()).isEqualTo(405);
    }

    @Test
    void tablesHaveMetricsServersColumns() {
        JsonNode nodes = get(VERSION + "/nodes", "Accept", TABLE).json();
        assertThat(nodes.path("columnDefinitions")
                        .valueStream()
                        .map(column -> column.path("name").asString() + ":"
                                + column.path("format").asString()))
                .containsExactly("Name:name", "cpu:quantity", "memory:quantity", "Window:duration");
        assertThat(nodes.at("/rows/0/cells").toString()).isEqualTo("[\"one\",\"1500m\",\"1Gi\",\"15s\"]");
        assertThat(get(VERSION + "/namespaces/default/pods", "Accept", TABLE)
                        .json()
                        .at("/rows/0/cells")
                        .toString())
                .isEqualTo("[\"web\",\"101000002n\",\"5246977\",\"15s\"]");
    }

    @Test
    void discoveryAndOpenApiTellOfThem() {
        assertThat(get(VERSION).json().path("resources").toString())
                .isEqualTo(
                        "[{\"name\":\"nodes\",\"singularName\":\"node\",\"namespaced\":false,\"kind\":\"NodeMetrics\","
                                + "\"verbs\":[\"get\",\"list\"]},{\"name\":\"pods\",\"singularName\":\"\",\"namespaced\":true,"
                                + "\"kind\":\"PodMetrics\",\"verbs\":[\"get\",\"list\"]}]");
        assertThat(get("/apis")
                        .json()
                        .path("groups")
                        .valueStream()
                        .map(group -> group.path("name").asString()))
                .endsWith("metrics.k8s.io", "custom.metrics.k8s.io", "external.metrics.k8s.io");
        JsonNode described = get("/openapi/v3/apis/metrics.k8s.io/v1beta1").json();
        assertThat(described.path("paths").propertyNames()).contains(VERSION + "/namespaces/{namespace}/pods/{name}");
        assertThat(described.at("/components/schemas").propertyNames())
                .contains(
                        "io.k8s.metrics.pkg.apis.metrics.v1beta1.PodMetrics",
                        "io.k8s.metrics.pkg.apis.metrics.v1beta1.PodMetricsList",
                        "io.k8s.metrics.pkg.apis.metrics.v1beta1.ContainerMetrics",
                        "io.k8s.apimachinery.pkg.apis.meta.v1.Duration");
    }

    @Test
    void readersMayReadThemThroughTheAggregatedRole() {
        JsonNode role = get("/apis/rbac.authorization.k8s.io/v1/clusterroles/system:aggregated-metrics-reader")
                .json();
        assertThat(role.at("/metadata/labels").propertyNames())
                .contains(
                        "rbac.authorization.k8s.io/aggregate-to-admin",
                        "rbac.authorization.k8s.io/aggregate-to-edit",
                        "rbac.authorization.k8s.io/aggregate-to-view");
        assertThat(api.send(UserInfo.of("anybody"), "GET", VERSION + "/nodes", "")
                        .status())
                .isEqualTo(403);
    }

    @Test
    void theyAreNotThereWhenTheyAreOff() {
        try (var without = new RealApi(ApiSettings.DEFAULT)) {
            assertThat(without.send(RealApi.ADMIN, "GET", GROUP, "").status()).isEqualTo(404);
        }
    }

    private RealApi.Answer get(String target, String... headers) {
        return api.send(RealApi.ADMIN, Request.local("GET", target, Headers.of(headers), new byte[0]));
    }

    private List<String> names(String target) {
        return get(target)
                .json()
                .path("items")
                .valueStream()
                .map(item -> item.at("/metadata/name").asString())
                .toList();
    }

    private String refusal(String target) {
        RealApi.Answer answer = get(target);
        return answer.status() + " " + answer.json().path("message").asString();
    }

    /// One Ready node and one that is not; on the first, one pod in each of two namespaces, one that has just
    /// started and one that has not.
    private final class OneNode implements ClusterView, NodeSource {
        private volatile int asked;

        @Override
        public String resourceMetrics(Node node) {
            long millis = time.now().toEpochMilli();
            long seconds = Duration.between(new ManualTime().now(), time.now()).toSeconds() + 60;
            asked++;
            return """
                    node_cpu_usage_seconds_total %s @
                    node_memory_working_set_bytes 1073741824 @
                    container_cpu_usage_seconds_total{namespace="default",pod="web",container="main"} %s @
                    container_memory_working_set_bytes{namespace="default",pod="web",container="main"} 5242880 @
                    container_cpu_usage_seconds_total{namespace="default",pod="web",container="side"} %s @
                    container_memory_working_set_bytes{namespace="default",pod="web",container="side"} 4097 @
                    container_cpu_usage_seconds_total{namespace="prod",pod="db",container="main"} %s @
                    container_memory_working_set_bytes{namespace="prod",pod="db",container="main"} 4096 @
                    """.formatted(seconds * 1.5, seconds * 0.1000000025, seconds * 0.001, seconds)
                    .replace("@", String.valueOf(millis));
        }

        @Override
        public List<Node> nodes() {
            return List.of(node("one", "True"), node("two", "False"));
        }

        private static Node node(String name, String ready) {
            return new NodeBuilder()
                    .withNewMetadata()
                    .withName(name)
                    .withLabels(Map.of("disk", "ssd"))
                    .endMetadata()
                    .withNewStatus()
                    .addNewCondition()
                    .withType("Ready")
                    .withStatus(ready)
                    .endCondition()
                    .endStatus()
                    .build();
        }

        @Override
        public Optional<Node> node(String name) {
            return nodes().stream()
                    .filter(node -> node.getMetadata().getName().equals(name))
                    .findFirst();
        }

        @Override
        public List<Pod> pods(String namespace) {
            return List.of(
                            pod("prod", "db", "Running"),
                            pod("default", "web", "Running"),
                            pod("default", "fresh", "Running"),
                            pod("default", "pending", "Pending"))
                    .stream()
                    .filter(pod -> namespace.isEmpty()
                            || pod.getMetadata().getNamespace().equals(namespace))
                    .sorted((a, b) ->
                            b.getMetadata().getName().compareTo(a.getMetadata().getName()))
                    .toList();
        }

        private static Pod pod(String namespace, String name, String phase) {
            return new PodBuilder()
                    .withNewMetadata()
                    .withNamespace(namespace)
                    .withName(name)
                    .withLabels(Map.of("app", name))
                    .endMetadata()
                    .withNewSpec()
                    .withNodeName("one")
                    .endSpec()
                    .withNewStatus()
                    .withPhase(phase)
                    .endStatus()
                    .build();
        }

        @Override
        public Optional<Pod> pod(String namespace, String name) {
            return pods(namespace).stream()
                    .filter(pod -> pod.getMetadata().getName().equals(name))
                    .findFirst();
        }
    }
}
