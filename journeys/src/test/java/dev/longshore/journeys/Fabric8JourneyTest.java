package dev.longshore.journeys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.GenericKubernetesResourceBuilder;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderCallbacks;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderElectionConfigBuilder;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.LeaseLock;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/// What operators do with fabric8, over TLS: informers, elections, every kind of patch, objects without a class.
@ExtendWith(HollowShared.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Order(19)
class Fabric8JourneyTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private KubernetesClient client;
    private String namespace;

    @BeforeAll
    void connect() {
        client = HollowShared.client();
    }

    @AfterAll
    void disconnect() {
        client.close();
    }

    @BeforeEach
    void enter() {
        namespace = HollowShared.namespace(client, "fabric");
    }

    @Test
    void anInformerListsWatchesAndResyncs() {
        client.resource(map("before", "a")).create();
        var seen = new CopyOnWriteArrayList<String>();
        try (var informer = client.configMaps()
                .inNamespace(namespace)
                .withLabel("mine", "yes")
                .inform(new Diary(seen), 200)) {
            await().atMost(PATIENCE).until(() -> seen.contains("added before a"));
            client.resource(map("after", "a")).create();
            client.resource(map("after", "b")).update();
            await().atMost(PATIENCE).until(() -> seen.contains("changed after b"));
            assertThat(informer.getStore().list()).hasSize(2);
            await().atMost(PATIENCE).until(() -> seen.contains("resynced before a"));
            client.resource(map("after", "b")).delete();
            await().atMost(PATIENCE).until(() -> seen.contains("deleted after b"));

            assertThat(informer.isWatching()).isTrue();
            assertThat(informer.getStore().list())
                    .singleElement()
                    .satisfies(left -> assertThat(left.getMetadata().getName()).isEqualTo("before"));
        }
        assertThat(seen.stream().filter(entry -> !entry.startsWith("resynced")))
                .containsExactly("added before a", "added after a", "changed after b", "deleted after b");
    }

    @Test
    void oneLeadsUntilItLetsGoAndThenTheOther() {
        var leaders = new CopyOnWriteArrayList<String>();
        CompletableFuture<?> first = candidate("first", leaders);
        await().atMost(PATIENCE).until(() -> leaders.equals(List.of("first")));
        CompletableFuture<?> second = candidate("second", leaders);
        try {
            assertThat(lease().getSpec().getHolderIdentity()).isEqualTo("first");
            first.cancel(true);

            await().atMost(PATIENCE).until(() -> leaders.equals(List.of("first", "second")));
            assertThat(lease().getSpec().getHolderIdentity()).isEqualTo("second");
            assertThat(lease().getSpec().getLeaseTransitions()).isPositive();
        } finally {
            second.cancel(true);
        }
    }

    @Test
    void managersApplyEachTheirOwn() {
        ConfigMap applied =
                client.resource(map("shared", "one")).fieldManager("one").serverSideApply();
        assertThat(applied.getMetadata().getManagedFields())
                .singleElement()
                .satisfies(entry -> assertThat(entry.getManager() + " " + entry.getOperation())
                        .isEqualTo("one Apply"));

        assertThatThrownBy(() -> client.resource(map("shared", "two"))
                        .fieldManager("two")
                        .serverSideApply())
                .isInstanceOfSatisfying(KubernetesClientException.class, conflict -> {
                    assertThat(conflict.getCode()).isEqualTo(409);
                    assertThat(conflict.getStatus().getDetails().getCauses())
                            .singleElement()
                            .satisfies(cause -> assertThat(cause.getField()).isEqualTo(".data.value"));
                });
        assertThat(client.resource(map("shared", "two"))
                        .fieldManager("two")
                        .forceConflicts()
                        .serverSideApply()
                        .getData())
                .isEqualTo(Map.of("value", "two"));
    }

    @Test
    void everyFormatOfPatchIsTaken() {
        client.resource(map("patched", "a")).create();
        Resource<ConfigMap> patched = client.configMaps().inNamespace(namespace).withName("patched");

        patched.patch(
                PatchContext.of(PatchType.JSON),
                "[{\"op\":\"test\",\"path\":\"/data/value\",\"value\":\"a\"},"
                        + "{\"op\":\"add\",\"path\":\"/data/json\",\"value\":\"1\"}]");
        patched.patch(PatchContext.of(PatchType.JSON_MERGE), "{\"data\":{\"merge\":\"2\",\"value\":null}}");
        patched.patch(
                PatchContext.of(PatchType.STRATEGIC_MERGE),
                "{\"metadata\":{\"labels\":{\"$patch\":\"replace\",\"only\":\"this\"}}}");
        patched.edit(map -> new ConfigMapBuilder(map).addToData("edited", "3").build());

        assertThat(patched.get().getData()).isEqualTo(Map.of("json", "1", "merge", "2", "edited", "3"));
        assertThat(patched.get().getMetadata().getLabels()).isEqualTo(Map.of("only", "this"));
    }

    @Test
    void objectsNeedNoClass() {
        var kind = client.genericKubernetesResources("apps/v1", "Deployment").inNamespace(namespace);
        GenericKubernetesResource made = kind.resource(new GenericKubernetesResourceBuilder()
                        .withApiVersion("apps/v1")
                        .withKind("Deployment")
                        .withNewMetadata()
                        .withName("generic")
                        .endMetadata()
                        .addToAdditionalProperties(
                                "spec",
                                Map.of(
                                        "replicas",
                                        0,
                                        "selector",
                                        Map.of("matchLabels", Map.of("a", "b")),
                                        "template",
                                        Map.of(
                                                "metadata",
                                                Map.of("labels", Map.of("a", "b")),
                                                "spec",
                                                Map.of("containers", List.of(Map.of("name", "c", "image", "i"))))))
                        .build())
                .create();

        assertThat(made.<Object>get("spec", "progressDeadlineSeconds")).isEqualTo(600);
        assertThat(kind.list().getItems())
                .extracting(each -> each.getMetadata().getName())
                .containsExactly("generic");
        kind.withName("generic").delete();
        await().atMost(PATIENCE).until(() -> kind.withName("generic").get() == null);
    }

    /// Notes what an informer says.
    private record Diary(List<String> seen) implements ResourceEventHandler<ConfigMap> {
        @Override
        public void onAdd(ConfigMap map) {
            seen.add("added " + text(map));
        }

        @Override
        public void onUpdate(ConfigMap old, ConfigMap map) {
            boolean isNews = !old.getMetadata()
                    .getResourceVersion()
                    .equals(map.getMetadata().getResourceVersion());
            seen.add((isNews ? "changed " : "resynced ") + text(map));
        }

        @Override
        public void onDelete(ConfigMap map, boolean isStateUnknown) {
            seen.add("deleted " + text(map));
        }

        private static String text(ConfigMap map) {
            return map.getMetadata().getName() + " " + map.getData().get("value");
        }
    }

    private CompletableFuture<?> candidate(String name, List<String> leaders) {
        return client.leaderElector()
                .withConfig(new LeaderElectionConfigBuilder()
                        .withName(name)
                        .withLock(new LeaseLock(namespace, "lead", name))
                        .withLeaseDuration(Duration.ofSeconds(5))
                        .withRenewDeadline(Duration.ofSeconds(4))
                        .withRetryPeriod(Duration.ofMillis(300))
                        .withReleaseOnCancel()
                        .withLeaderCallbacks(new LeaderCallbacks(() -> leaders.add(name), () -> {}, leader -> {}))
                        .build())
                .build()
                .start();
    }

    private Lease lease() {
        return client.leases().inNamespace(namespace).withName("lead").get();
    }

    private ConfigMap map(String name, String value) {
        return new ConfigMapBuilder()
                .withNewMetadata()
                .withNamespace(namespace)
                .withName(name)
                .addToLabels("mine", "yes")
                .endMetadata()
                .addToData("value", value)
                .build();
    }
}
