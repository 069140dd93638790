package dev.longshore.guests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.gson.reflect.TypeToken;
import dev.longshore.testkit.LongshoreCluster;
import io.kubernetes.client.informer.SharedIndexInformer;
import io.kubernetes.client.informer.SharedInformerFactory;
import io.kubernetes.client.openapi.ApiClient;
import io.kubernetes.client.openapi.ApiException;
import io.kubernetes.client.openapi.apis.CoreV1Api;
import io.kubernetes.client.openapi.models.V1ConfigMap;
import io.kubernetes.client.openapi.models.V1ConfigMapList;
import io.kubernetes.client.openapi.models.V1ObjectMeta;
import io.kubernetes.client.util.ClientBuilder;
import io.kubernetes.client.util.KubeConfig;
import io.kubernetes.client.util.Watch;
import io.kubernetes.client.util.generic.GenericKubernetesApi;
import java.io.IOException;
import java.io.StringReader;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import okhttp3.HttpUrl;
import okhttp3.Interceptor;
import okhttp3.Response;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The official client's informer, over real TLS: its watch ends, and when it asks for the next one the server, which
/// ran all the time, has forgotten that part of the history.
@Timeout(120)
class OfficialRelistTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String NAMESPACE = "default";
    /// More than the server remembers of one resource.
    private static final int LARGE_WRITES = 12;

    @Test
    void whoIsTold410ListsAnewAndMissesNothing() throws Exception {
        try (var cluster = LongshoreCluster.start(0, "", Duration.ofMillis(100))) {
            ApiClient writer = client(cluster);
            var core = new CoreV1Api(writer);
            core.createNamespacedConfigMap(NAMESPACE, map("listed", "")).execute();
            ApiClient follower = client(cluster);
            var gate = new WatchGate();
            follower.setHttpClient(
                    follower.getHttpClient().newBuilder().addInterceptor(gate).build());
            var factory = new SharedInformerFactory(follower);
            SharedIndexInformer<V1ConfigMap> informer = factory.sharedIndexInformerFor(
                    new GenericKubernetesApi<>(
                            V1ConfigMap.class, V1ConfigMapList.class, "", "v1", "configmaps", follower),
                    V1ConfigMap.class,
                    0,
                    NAMESPACE);
            factory.startAllRegisteredInformers();
            try {
                await().atMost(PATIENCE).until(() -> names(informer).contains("listed"));
                gate.hold();
                String last = informer.lastSyncResourceVersion();
                core.deleteNamespacedConfigMap("listed", NAMESPACE).execute();
                core.createNamespacedConfigMap(NAMESPACE, map("new", "")).execute();
                forget(core);
                await().atMost(PATIENCE).until(() -> isGone(writer, core, last));
                gate.forget();
                gate.release();

                await().atMost(PATIENCE)
                        .untilAsserted(() ->
                                assertThat(names(informer)).contains("new").doesNotContain("listed"));
                assertThat(gate.asked()).startsWith("watch from " + last, "list");
                core.createNamespacedConfigMap(NAMESPACE, map("newest", "")).execute();
                await().atMost(PATIENCE).until(() -> names(informer).contains("newest"));
            } finally {
                gate.release();
                factory.stopAllRegisteredInformers();
            }
        }
    }

    /// So much is written that the watch cache, too, holds nothing of before.
    private static void forget(CoreV1Api core) throws ApiException {
        core.createNamespacedConfigMap("kube-public", map("large", "")).execute();
        String data = "x".repeat(900_000);
        for (int i = 0; i < LARGE_WRITES; i++) {
            core.replaceNamespacedConfigMap("large", "kube-public", map("large", i + data))
                    .execute();
        }
    }

    private static boolean isGone(ApiClient client, CoreV1Api core, String version) throws ApiException, IOException {
        try (Watch<Object> watch = Watch.createWatch(
                client,
                core.listNamespacedConfigMap(NAMESPACE)
                        .resourceVersion(version)
                        .timeoutSeconds(1)
                        .watch(true)
                        .buildCall(null),
                new TypeToken<Watch.Response<Object>>() {}.getType())) {
            Watch.Response<Object> first = watch.next();
            return first.type.equals("ERROR") && first.status.getCode() == 410;
        }
    }

    private static List<String> names(SharedIndexInformer<V1ConfigMap> informer) {
        return informer.getIndexer().list().stream()
                .map(map -> map.getMetadata().getName())
                .toList();
    }

    private static V1ConfigMap map(String name, String data) {
        return new V1ConfigMap().metadata(new V1ObjectMeta().name(name)).data(Map.of("a", data));
    }

    private static ApiClient client(LongshoreCluster cluster) throws IOException {
        return ClientBuilder.kubeconfig(KubeConfig.loadKubeConfig(new StringReader(cluster.kubeconfig())))
                .build();
    }

    /// Lets watches be as short as a second, so that the server ends them in order, and holds the next ones back while
    /// it is told to.
    private static final class WatchGate implements Interceptor {
        private final List<String> asked = new CopyOnWriteArrayList<>();
        private final AtomicBoolean isHeld = new AtomicBoolean();

        @Override
        public Response intercept(Chain chain) throws IOException {
            HttpUrl url = chain.request().url();
            boolean isWatch = "true".equals(url.queryParameter("watch"));
            if (!isWatch) {
                asked.add("list");
                return chain.proceed(chain.request());
            }
            await().atMost(PATIENCE).until(() -> !isHeld.get());
            asked.add("watch from " + url.queryParameter("resourceVersion"));
            HttpUrl shortened =
                    url.newBuilder().setQueryParameter("timeoutSeconds", "1").build();
            return chain.proceed(chain.request().newBuilder().url(shortened).build());
        }

        void hold() {
            isHeld.set(true);
        }

        void release() {
            isHeld.set(false);
        }

        void forget() {
            asked.clear();
        }

        List<String> asked() {
            return List.copyOf(asked);
        }
    }
}
