package dev.longshore.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.longshore.base.ManualTime;
import dev.longshore.http.Headers;
import dev.longshore.http.Request;
import dev.longshore.http.Response;
import dev.longshore.metrics.cluster.ClusterView;
import dev.longshore.metrics.custom.PodMetrics;
import dev.longshore.metrics.custom.PodSource;
import dev.longshore.metrics.resource.ResourceMetrics;
import dev.longshore.model.UserInfo;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// `custom.metrics.k8s.io` and `external.metrics.k8s.io` as clients see them, over three pods that tell something.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PodMetricsApiTest {

    private static final String CUSTOM = "/apis/custom.metrics.k8s.io/v1beta2";
    private static final String EXTERNAL = "/apis/external.metrics.k8s.io/v1beta1";
    private static final String DEFAULT = CUSTOM + "/namespaces/default";
    private static final Duration RESOLUTION = Duration.ofSeconds(15);

    private final ManualTime time = new ManualTime();
    private final ThreePods pods = new ThreePods();
    private final PodMetrics metrics = new PodMetrics(RESOLUTION, time);
    private RealApi api;

    @BeforeAll
    void start() {
        api = new RealApi(
                ApiSettings.DEFAULT,
                new MetricsApis(new ResourceMetrics(RESOLUTION, time), metrics),
                (target, request) -> Response.text(200, "dialed"));
        metrics.start(pods, pods);
        create("/api/v1/namespaces/default/services", """
                {'metadata':{'name':'web','labels':{'tier':'front'}},'spec':{'selector':{'app':'web'},'ports':[{'port':80}]}}""");
        create("/apis/apps/v1/namespaces/default/deployments", """
                {'metadata':{'name':'web'},'spec':{'selector':{'matchLabels':{'app':'web'}},'template':
                {'metadata':{'labels':{'app':'web'}},'spec':{'containers':[{'name':'c','image':'i'}]}}}}""");
        create("/apis/networking.k8s.io/v1/namespaces/default/ingresses", """
                {'metadata':{'name':'main'},'spec':{'defaultBackend':{'service':{'name':'web','port':{'number':80}}}}}""");
        // Whoever asks first has the pods read; their counters have rates after the next round.
        assertThat(value(DEFAULT + "/pods/web-1/queue_length")).isEqualTo("30");
        await().until(() -> {
            time.advance(RESOLUTION);
            return get(DEFAULT + "/pods/web-1/http_requests").status() == 200;
        });
    }

    @AfterAll
    void stop() {
        metrics.close();
        api.close();
    }

    @Test
    void aPodsMetricIsToldInBothVersions() {
        assertThat(get(DEFAULT + "/pods/web-1/queue_length").json().path("kind").asString())
                .isEqualTo("MetricValueList");
        assertThat(item(DEFAULT + "/pods/web-1/queue_length"))
                .matches("\\{\"describedObject\":\\{\"kind\":\"Pod\",\"namespace\":\"default\",\"name\":\"web-1\","
                        + "\"apiVersion\":\"v1\"},\"metric\":\\{\"name\":\"queue_length\",\"selector\":null},"
                        + "\"timestamp\":\"2026-[^\"]+\",\"value\":\"30\"}");
        assertThat(item(DEFAULT.replace("v1beta2", "v1beta1") + "/pods/web-1/queue_length"))
                .contains("\"metricName\":\"queue_length\"", "\"value\":\"30\"", "\"selector\":null");
    }

    @Test
    void podsAreSelectedByLabelAndSeriesByTheirs() {
        assertThat(get(DEFAULT + "/pods/*/queue_length?labelSelector=app%3Dweb")
                        .json()
                        .path("items")
                        .valueStream()
                        .map(item -> item.at("/describedObject/name").asString() + "="
                                + item.path("value").asString()))
                .containsExactly("web-1=30", "web-2=50");
        assertThat(value(DEFAULT + "/pods/web-2/queue_length?metricLabelSelector=queue%3Da"))
                .isEqualTo("20");
        assertThat(item(DEFAULT + "/pods/web-2/queue_length?metricLabelSelector=queue%3Da"))
                .contains("\"selector\":{\"matchExpressions\":"
                        + "[{\"key\":\"queue\",\"operator\":\"In\",\"values\":[\"a\"]}]}");
    }

    @Test
    void countersAreToldAsRates() {
        assertThat(value(DEFAULT + "/pods/web-1/http_requests")).isEqualTo("2500m");
        assertThat(value(DEFAULT + "/pods/web-1/http_requests_per_second")).isEqualTo("2500m");
        assertThat(item(DEFAULT + "/pods/web-1/http_requests")).contains("\"windowSeconds\":15");
    }

    @Test
    void anObjectsMetricIsTheSumOverItsPods() {
        assertThat(value(DEFAULT + "/services/web/queue_length")).isEqualTo("80");
        assertThat(value(DEFAULT + "/deployments.apps/web/queue_length")).isEqualTo("80");
        assertThat(item(DEFAULT + "/deployments.apps/web/queue_length"))
                .contains(
                        "\"kind\":\"Deployment\",\"namespace\":\"default\",\"name\":\"web\",\"apiVersion\":\"apps/v1\"");
        assertThat(value(DEFAULT + "/services/*/queue_length?labelSelector=tier%3Dfront"))
                .isEqualTo("80");
        assertThat(value(DEFAULT + "/metrics/queue_length")).isEqualTo("115");
    }

    @Test
    void aSeriesThatNamesTheObjectCountsBeforeItsPods() {
        assertThat(value(DEFAULT + "/ingresses.networking.k8s.io/main/hits")).isEqualTo("9");
    }

    @Test
    void whatTellsOfTheWorldOutsideIsToldSeriesBySeries() {
        assertThat(get(EXTERNAL + "/namespaces/default/queue_length?labelSelector=queue%3Da")
                        .json()
                        .path("items")
                        .toString())
                .matches("\\[\\{\"metricName\":\"queue_length\",\"metricLabels\":\\{\"queue\":\"a\"},"
                        + "\"timestamp\":\"2026-[^\"]+\",\"value\":\"55\"}]");
        assertThat(get(EXTERNAL + "/namespaces/default/queue_length")
                        .json()
                        .path("items")
                        .size())
                .isEqualTo(2);
    }

    @Test
    void whatIsNotKnownIsRefusedInAnAdaptersWords() {
        assertThat(refusal(DEFAULT + "/pods/*/absent"))
                .isEqualTo("404 the server could not find the metric absent for pods");
        assertThat(refusal(DEFAULT + "/pods/web-1/absent"))
                .isEqualTo("404 the server could not find the metric absent for pods web-1");
        assertThat(refusal(DEFAULT + "/services/absent/hits")).isEqualTo("404 services \"absent\" not found");
        assertThat(refusal(CUSTOM + "/nodes/one/hits")).startsWith("404 ");
        assertThat(refusal(EXTERNAL + "/namespaces/default/absent")).startsWith("404 ");
        assertThat(refusal(DEFAULT + "/widgets.example.com/w/hits")).startsWith("404 ");
        assertThat(refusal(DEFAULT + "/pods/*/queue_length?labelSelector=a%20b"))
                .startsWith("400 ");
        assertThat(api.send(RealApi.ADMIN, "DELETE", DEFAULT + "/pods/web-1/hits", "")
                        .status())
                .isEqualTo(405);
    }

    @Test
    void discoveryTellsWhatThereIsNow() {
        assertThat(get("/apis/custom.metrics.k8s.io")
                        .json()
                        .at("/preferredVersion/version")
                        .asString())
                .isEqualTo("v1beta2");
        assertThat(get(CUSTOM)
                        .json()
                        .path("resources")
                        .valueStream()
                        .map(entry -> entry.path("name").asString()))
                .contains("pods/queue_length", "services/http_requests_per_second", "namespaces/hits");
        assertThat(get(EXTERNAL)
                        .json()
                        .path("resources")
                        .valueStream()
                        .map(entry -> entry.path("name").asString()))
                .contains("queue_length", "http_requests");
        String aggregated = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";
        assertThat(get("/apis", "Accept", aggregated).text())
                .contains("{\"name\":\"custom.metrics.k8s.io\"}")
                .doesNotContain("\"*\"");
        assertThat(get("/openapi/v2").text()).doesNotContain("custom.metrics.k8s.io");
    }

    @Test
    void onlyWhoMayReadsThem() {
        String path = DEFAULT + "/pods/*/queue_length";
        UserInfo autoscaler = UserInfo.serviceAccount("kube-system", "horizontal-pod-autoscaler", "");

        assertThat(api.send(UserInfo.of("anybody"), "GET", path, "").status()).isEqualTo(403);
        assertThat(api.send(autoscaler, "GET", path, "").status()).isEqualTo(200);
    }

    @Test
    void namespacesThatNobodyAsksForAreNotRead() {
        assertThat(pods.readOutside).hasValue(0);
    }

    private void create(String target, String object) {
        byte[] body = object.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
        assertThat(api.send(RealApi.ADMIN, "POST", target, "application/json", body)
                        .status())
                .isEqualTo(201);
    }

    private RealApi.Answer get(String target, String... headers) {
        return api.send(RealApi.ADMIN, Request.local("GET", target, Headers.of(headers), new byte[0]));
    }

    private String item(String target) {
        return get(target).json().at("/items/0").toString();
    }

    private String value(String target) {
        return get(target).json().at("/items/0/value").asString();
    }

    private String refusal(String target) {
        RealApi.Answer answer = get(target);
        return answer.status() + " " + answer.json().path("message").asString();
    }

    /// Two of an application and an exporter; and one in a namespace that nobody asks for.
    private final class ThreePods implements ClusterView, PodSource {
        private final AtomicInteger readOutside = new AtomicInteger();
        private final long start = time.now().getEpochSecond();

        @Override
        public boolean hasMetrics(Pod pod) {
            return true;
        }

        @Override
        public String read(Pod pod) {
            long seconds = time.now().getEpochSecond() - start;
            return switch (pod.getMetadata().getName()) {
                case "web-1" -> "queue_length{queue=\"b\"} 30\nhttp_requests_total " + seconds * 2.5 + "\n";
                case "web-2" -> "queue_length{queue=\"a\"} 20\nqueue_length{queue=\"b\"} 30\n";
                case "exporter" ->
                    "queue_length{queue=\"a\"} 35\nhits{ingress=\"main\"} 9\nhits{ingress=\"other\"} 1\n";
                default -> {
                    readOutside.incrementAndGet();
                    yield "";
                }
            };
        }

        @Override
        public List<Pod> pods(String namespace) {
            return namespace.equals("default")
                    ? List.of(
                            pod("default", "web-2", "web"),
                            pod("default", "web-1", "web"),
                            pod("default", "exporter", "exporter"))
                    : List.of(pod("other", "noisy", "noisy"));
        }

        private static Pod pod(String namespace, String name, String app) {
            return new PodBuilder()
                    .withNewMetadata()
                    .withNamespace(namespace)
                    .withName(name)
                    .withUid(name)
                    .withLabels(Map.of("app", app))
                    .endMetadata()
                    .withNewSpec()
                    .endSpec()
                    .withNewStatus()
                    .withPhase("Running")
                    .endStatus()
                    .build();
        }

        @Override
        public List<Node> nodes() {
            return List.of();
        }

        @Override
        public Optional<Node> node(String name) {
            return Optional.empty();
        }

        @Override
        public Optional<Pod> pod(String namespace, String name) {
            return Optional.empty();
        }
    }
}
