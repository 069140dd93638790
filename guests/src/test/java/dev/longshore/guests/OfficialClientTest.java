package dev.longshore.guests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.longshore.testkit.LongshoreCluster;
import dev.longshore.testkit.LongshoreExtension;
import io.kubernetes.client.custom.V1Patch;
import io.kubernetes.client.informer.ResourceEventHandler;
import io.kubernetes.client.informer.SharedIndexInformer;
import io.kubernetes.client.informer.SharedInformerFactory;
import io.kubernetes.client.openapi.ApiClient;
import io.kubernetes.client.openapi.ApiException;
import io.kubernetes.client.openapi.apis.CoreV1Api;
import io.kubernetes.client.openapi.apis.VersionApi;
import io.kubernetes.client.openapi.models.V1ConfigMap;
import io.kubernetes.client.openapi.models.V1ConfigMapList;
import io.kubernetes.client.openapi.models.V1ObjectMeta;
import io.kubernetes.client.util.ClientBuilder;
import io.kubernetes.client.util.KubeConfig;
import io.kubernetes.client.util.Watch;
import io.kubernetes.client.util.generic.GenericKubernetesApi;
import io.kubernetes.client.util.generic.dynamic.DynamicKubernetesApi;
import io.kubernetes.client.util.generic.dynamic.DynamicKubernetesObject;
import io.kubernetes.client.util.generic.options.PatchOptions;
import java.io.IOException;
import java.io.StringReader;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// The official Java client, over real TLS.
@ExtendWith(LongshoreExtension.class)
class OfficialClientTest {

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final String NAMESPACE = "default";

    private ApiClient client;
    private CoreV1Api core;

    @BeforeEach
    void connect(LongshoreCluster cluster) throws IOException {
        client = ClientBuilder.kubeconfig(KubeConfig.loadKubeConfig(new StringReader(cluster.kubeconfig())))
                .build();
        core = new CoreV1Api(client);
    }

    @Test
    void theServerIsOfTheVersionItPromises() throws ApiException {
        var version = new VersionApi(client).getCode().execute();

        assertThat(version.getMajor() + "." + version.getMinor()).isEqualTo("1.36");
    }

    @Test
    void anInformerFollowsWhatHappens() throws ApiException {
        var factory = new SharedInformerFactory(client);
        var maps = new GenericKubernetesApi<>(V1ConfigMap.class, V1ConfigMapList.class, "", "v1", "configmaps", client);
        SharedIndexInformer<V1ConfigMap> informer =
                factory.sharedIndexInformerFor(maps, V1ConfigMap.class, 1000, NAMESPACE);
        var seen = new CopyOnWriteArrayList<String>();
        informer.addEventHandler(new ResourceEventHandler<>() {
            @Override
            public void onAdd(V1ConfigMap map) {
                note("added", map);
            }

            @Override
            public void onUpdate(V1ConfigMap old, V1ConfigMap map) {
                // A resync tells of the same version again.
                boolean isNews = !old.getMetadata()
                        .getResourceVersion()
                        .equals(map.getMetadata().getResourceVersion());
                note(isNews ? "changed" : "resynced", map);
            }

            @Override
            public void onDelete(V1ConfigMap map, boolean isStateUnknown) {
                note("deleted", map);
            }

            private void note(String what, V1ConfigMap map) {
                if (map.getMetadata().getName().equals("informed")) {
                    seen.addIfAbsent(what);
                }
            }
        });
        factory.startAllRegisteredInformers();
        try {
            await().atMost(PATIENCE).until(informer::hasSynced);
            create("informed", Map.of("a", "1"));
            await().atMost(PATIENCE).until(() -> seen.contains("added"));
            V1ConfigMap stored = informer.getIndexer().getByKey(NAMESPACE + "/informed");
            core.replaceNamespacedConfigMap("informed", NAMESPACE, stored.data(Map.of("a", "2")))
                    .execute();
            await().atMost(PATIENCE).until(() -> seen.contains("changed") && seen.contains("resynced"));
            core.deleteNamespacedConfigMap("informed", NAMESPACE).execute();
            await().atMost(PATIENCE).until(() -> seen.contains("deleted"));
        } finally {
            factory.stopAllRegisteredInformers();
        }

        assertThat(informer.getIndexer().getByKey(NAMESPACE + "/informed")).isNull();
    }

    @Test
    void aWatchFromAPastRevisionRepeatsWhatHappenedSince() throws ApiException, IOException {
        String from =
                core.listNamespacedConfigMap(NAMESPACE).execute().getMetadata().getResourceVersion();
        create("past", Map.of());
        core.deleteNamespacedConfigMap("past", NAMESPACE).execute();

        try (Watch<V1ConfigMap> watch = Watch.createWatch(
                client,
                core.listNamespacedConfigMap(NAMESPACE)
                        .fieldSelector("metadata.name=past")
                        .resourceVersion(from)
                        .timeoutSeconds(5)
                        .watch(true)
                        .buildCall(null),
                new com.google.gson.reflect.TypeToken<Watch.Response<V1ConfigMap>>() {}.getType())) {
            assertThat(watch.next().type).isEqualTo("ADDED");
            assertThat(watch.next().type).isEqualTo("DELETED");
        }
    }

    @Test
    void everyPatchFormatIsTaken() {
        var maps = new GenericKubernetesApi<>(V1ConfigMap.class, V1ConfigMapList.class, "", "v1", "configmaps", client);
        assertThat(maps.create(map("patched", Map.of("a", "1"))).isSuccess()).isTrue();

        assertThat(data(
                        maps,
                        V1Patch.PATCH_FORMAT_JSON_PATCH,
                        "[{\"op\":\"add\",\"path\":\"/data/b\",\"value\":\"2\"}]"))
                .isEqualTo(Map.of("a", "1", "b", "2"));
        assertThat(data(maps, V1Patch.PATCH_FORMAT_JSON_MERGE_PATCH, "{\"data\":{\"b\":null,\"c\":\"3\"}}"))
                .isEqualTo(Map.of("a", "1", "c", "3"));
        assertThat(data(maps, V1Patch.PATCH_FORMAT_STRATEGIC_MERGE_PATCH, "{\"data\":{\"c\":\"4\"}}"))
                .isEqualTo(Map.of("a", "1", "c", "4"));
        assertThat(data(maps, V1Patch.PATCH_FORMAT_APPLY_YAML, applied("patched", "d: '5'")))
                .isEqualTo(Map.of("a", "1", "c", "4", "d", "5"));
        assertThat(data(maps, V1Patch.PATCH_FORMAT_APPLY_YAML, applied("patched", "e: '6'")))
                .isEqualTo(Map.of("a", "1", "c", "4", "e", "6"));
        assertThat(maps.delete(NAMESPACE, "patched").isSuccess()).isTrue();
    }

    private static Map<String, String> data(
            GenericKubernetesApi<V1ConfigMap, V1ConfigMapList> maps, String format, String patch) {
        var options = new PatchOptions();
        boolean isApply = format.equals(V1Patch.PATCH_FORMAT_APPLY_YAML);
        if (isApply) {
            options.setFieldManager("guest");
            options.setForce(true);
        }
        var answer = maps.patch(NAMESPACE, "patched", format, new V1Patch(patch), options);
        assertThat(answer.isSuccess()).as(String.valueOf(answer.getStatus())).isTrue();
        return answer.getObject().getData();
    }

    @Test
    void theDynamicClientWorksWithoutTypes() {
        var deployments = new DynamicKubernetesApi("apps", "v1", "deployments", client);
        var object = new DynamicKubernetesObject(
                com.google.gson.JsonParser.parseString("""
                        {"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"dynamic","namespace":"default"},
                         "spec":{"replicas":1,"selector":{"matchLabels":{"app":"dynamic"}},
                          "template":{"metadata":{"labels":{"app":"dynamic"}},
                           "spec":{"containers":[{"name":"main","image":"nginx"}]}}}}""").getAsJsonObject());

        assertThat(deployments.create(object).isSuccess()).isTrue();
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(deployments
                                .get(NAMESPACE, "dynamic")
                                .getObject()
                                .getRaw()
                                .getAsJsonObject("status")
                                .get("readyReplicas"))
                        .hasToString("1"));
        assertThat(deployments.delete(NAMESPACE, "dynamic").isSuccess()).isTrue();
        await().atMost(PATIENCE)
                .until(() -> deployments.get(NAMESPACE, "dynamic").getHttpStatusCode() == 404);
    }

    @Test
    void refusalsCarryTheStatus() throws ApiException {
        create("twice", Map.of());

        assertThatThrownBy(() -> create("twice", Map.of())).isInstanceOfSatisfying(ApiException.class, refused -> {
            assertThat(refused.getCode()).isEqualTo(409);
            assertThat(refused.getResponseBody()).contains("\"reason\":\"AlreadyExists\"");
        });
        core.deleteNamespacedConfigMap("twice", NAMESPACE).execute();
    }

    private void create(String name, Map<String, String> data) throws ApiException {
        core.createNamespacedConfigMap(NAMESPACE, map(name, data)).execute();
    }

    private static V1ConfigMap map(String name, Map<String, String> data) {
        return new V1ConfigMap()
                .apiVersion("v1")
                .kind("ConfigMap")
                .metadata(new V1ObjectMeta().name(name).namespace(NAMESPACE))
                .data(data);
    }

    private static String applied(String name, String data) {
        return "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: " + name + ", namespace: default}\ndata: {" + data
                + "}\n";
    }
}
