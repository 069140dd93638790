package dev.longshore.journeys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.longshore.base.Json;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.DeleteOptionsBuilder;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.NamespaceCondition;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceQuotaBuilder;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;

/// Lines of the conformance programme that no command of `kubectl` reaches, with fabric8 over TLS: garbage
/// collection, namespaces, quotas, events, chunks. See docs/conformance.md.
@ExtendWith(HollowShared.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Order(15)
class ConformanceJourneyTest {

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
        namespace = HollowShared.namespace(client, "conform");
        await().atMost(PATIENCE)
                .until(() -> client.serviceAccounts()
                                .inNamespace(namespace)
                                .withName("default")
                                .get()
                        != null);
    }

    @Test
    void aCircleOfOwnersDoesNotStopTheCollector() {
        Pod one = client.resource(pod("one")).create();
        Pod two = client.resource(pod("two")).create();
        Pod three = client.resource(pod("three")).create();
        own(one, three, true);
        own(two, one, true);
        own(three, two, true);

        client.resource(one).delete();

        await().atMost(PATIENCE)
                .until(() ->
                        client.pods().inNamespace(namespace).list().getItems().isEmpty());
    }

    @Test
    void whoHasASecondLivingOwnerStaysAndLosesTheDeadOne() {
        HasMetadata dying = client.resource(map("dying")).create();
        HasMetadata living = client.resource(map("living")).create();
        client.resource(new ConfigMapBuilder(map("child"))
                        .editMetadata()
                        .withOwnerReferences(owner(dying, true), owner(living, false))
                        .endMetadata()
                        .build())
                .create();

        delete("configmaps/dying", "Foreground");

        await().atMost(PATIENCE)
                .until(() -> client.configMaps()
                                .inNamespace(namespace)
                                .withName("dying")
                                .get()
                        == null);
        assertThat(client.configMaps()
                        .inNamespace(namespace)
                        .withName("child")
                        .get()
                        .getMetadata()
                        .getOwnerReferences())
                .extracting(OwnerReference::getName)
                .containsExactly("living");
    }

    @Test
    void whoseOwnerWasNeverThereOrIsAnotherIsCollected() {
        HasMetadata owner = client.resource(map("owner")).create();
        OwnerReference absent = owner(owner, false);
        absent.setUid("00000000-0000-0000-0000-000000000000");
        client.resource(new ConfigMapBuilder(map("child"))
                        .editMetadata()
                        .withOwnerReferences(absent)
                        .endMetadata()
                        .build())
                .create();

        await().atMost(PATIENCE)
                .until(() -> client.configMaps()
                                .inNamespace(namespace)
                                .withName("child")
                                .get()
                        == null);
        assertThat(client.resource(owner).get()).isNotNull();
    }

    @Test
    void anOwnerInAnotherNamespaceIsNoneAndAnEventSaysSo() {
        HasMetadata elsewhere = client.configMaps()
                .inNamespace("kube-system")
                .withName("kube-root-ca.crt")
                .get();
        client.resource(new ConfigMapBuilder(map("stray"))
                        .editMetadata()
                        .withOwnerReferences(owner(elsewhere, false))
                        .endMetadata()
                        .build())
                .create();

        await().atMost(PATIENCE)
                .until(() -> client.configMaps()
                                .inNamespace(namespace)
                                .withName("stray")
                                .get()
                        == null);
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(client.v1()
                                .events()
                                .inNamespace(namespace)
                                .withField("reason", "OwnerRefInvalidNamespace")
                                .list()
                                .getItems())
                        .first()
                        .satisfies(event -> assertThat(event.getMessage())
                                .isEqualTo(
                                        "ownerRef [v1/ConfigMap, namespace: %s, name: kube-root-ca.crt, uid: %s] does"
                                                        .formatted(
                                                                namespace,
                                                                elsewhere
                                                                        .getMetadata()
                                                                        .getUid())
                                                + " not exist in namespace \"" + namespace + "\"")));
    }

    @Test
    void podsGoBeforeWhatElseANamespaceHolds() {
        client.resource(new PodBuilder(pod("held"))
                        .editMetadata()
                        .withFinalizers("example.com/hold")
                        .endMetadata()
                        .build())
                .create();
        client.resource(map("kept")).create();

        client.namespaces().withName(namespace).delete();

        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(condition("NamespaceDeletionContentFailure"))
                        .isEqualTo("All content successfully deleted, may be waiting on finalization"));
        assertThat(client.pods()
                        .inNamespace(namespace)
                        .withName("held")
                        .get()
                        .getMetadata()
                        .getDeletionTimestamp())
                .isNotNull();
        assertThat(client.configMaps()
                        .inNamespace(namespace)
                        .withName("kept")
                        .get()
                        .getMetadata()
                        .getDeletionTimestamp())
                .isNull();
        patchPod("held", "{\"metadata\":{\"finalizers\":null}}");
        await().atMost(PATIENCE)
                .until(() -> client.namespaces().withName(namespace).get() == null);
    }

    @Test
    void aNamespaceTakesItsServicesAlong() {
        client.resource(new ServiceBuilder()
                        .withNewMetadata()
                        .withNamespace(namespace)
                        .withName("front")
                        .endMetadata()
                        .withNewSpec()
                        .addNewPort()
                        .withPort(80)
                        .endPort()
                        .endSpec()
                        .build())
                .create();

        client.namespaces().withName(namespace).delete();
        await().atMost(PATIENCE)
                .until(() -> client.namespaces().withName(namespace).get() == null);

        client.resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withName(namespace)
                        .endMetadata()
                        .build())
                .create();
        assertThat(client.services().inNamespace(namespace).list().getItems()).isEmpty();
    }

    @Test
    void aNamespacesOwnFinalizerIsPutAndTakenOffByFinalize() {
        finalizers("kubernetes", "example.com/mine");
        client.namespaces().withName(namespace).delete();

        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(client.namespaces()
                                .withName(namespace)
                                .get()
                                .getSpec()
                                .getFinalizers())
                        .containsExactly("example.com/mine"));
        finalizers();

        await().atMost(PATIENCE)
                .until(() -> client.namespaces().withName(namespace).get() == null);
    }

    @Test
    void aNamespacesStatusIsUpdatedAndPatched() {
        JsonNode patched = patch(
                "/api/v1/namespaces/" + namespace + "/status",
                "{\"status\":{\"conditions\":[{\"type\":\"Test\",\"status\":\"True\",\"reason\":\"r\",\"message\":\"m\"}]}}");

        assertThat(patched.at("/status/conditions/0/type").asString()).isEqualTo("Test");
        assertThat(patched.at("/status/phase").asString()).isEqualTo("Active");
    }

    @Test
    void aQuotaCountsWhatComesAndGoes() {
        client.resource(new ResourceQuotaBuilder()
                        .withNewMetadata()
                        .withNamespace(namespace)
                        .withName("quota")
                        .endMetadata()
                        .withNewSpec()
                        .addToHard("count/configmaps", Quantity.parse("2"))
                        .addToHard("secrets", Quantity.parse("5"))
                        .endSpec()
                        .build())
                .create();
        // The cluster's own ConfigMap counts as well.
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(used("count/configmaps")).isEqualTo("1"));
        client.resource(map("one")).create();
        assertThat(used("count/configmaps")).isEqualTo("2");
        assertThatThrownBy(() -> client.resource(map("two")).create())
                .isInstanceOf(KubernetesClientException.class)
                .hasMessageContaining("configmaps \"two\" is forbidden: exceeded quota: quota, requested:"
                        + " count/configmaps=1, used: count/configmaps=2, limited: count/configmaps=2");

        client.configMaps().inNamespace(namespace).withName("one").delete();

        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(used("count/configmaps")).isEqualTo("1"));
        client.resource(map("two")).create();
    }

    @Test
    void oneEventHasTwoSpellings() {
        client.resource(new EventBuilder()
                        .withNewMetadata()
                        .withNamespace(namespace)
                        .withName("seen")
                        .addToLabels("mine", "yes")
                        .endMetadata()
                        .withNewInvolvedObject()
                        .withKind("Pod")
                        .withNamespace(namespace)
                        .withName("web")
                        .endInvolvedObject()
                        .withType("Warning")
                        .withReason("Failed")
                        .withMessage("it fell")
                        .withCount(3)
                        .withNewSource()
                        .withComponent("me")
                        .endSource()
                        .build())
                .create();
        String path = "/apis/events.k8s.io/v1/namespaces/" + namespace + "/events";

        JsonNode event = get(path + "/seen");
        assertThat(event.path("note").asString()).isEqualTo("it fell");
        assertThat(event.at("/regarding/name").asString()).isEqualTo("web");
        assertThat(event.path("deprecatedCount").asInt()).isEqualTo(3);
        assertThat(event.at("/deprecatedSource/component").asString()).isEqualTo("me");
        assertThat(get(path + "?fieldSelector=regarding.name=web,type=Warning,reason=Failed")
                        .path("items"))
                .hasSize(1);
        assertThat(get("/api/v1/events?fieldSelector=involvedObject.namespace=" + namespace + ",source=me")
                        .path("items"))
                .hasSize(1);
        JsonNode series = patch(
                path + "/seen", "{\"series\":{\"count\":4,\"lastObservedTime\":\"2026-01-01T00:00:00.000000Z\"}}");
        assertThat(series.at("/series/count").asInt()).isEqualTo(4);
        assertThat(get("/api/v1/namespaces/" + namespace + "/events/seen")
                        .at("/series/count")
                        .asInt())
                .isEqualTo(4);
        client.raw(path + "?labelSelector=mine=yes", "DELETE", null);
        assertThat(get(path).path("items")).isEmpty();
    }

    @Test
    void aListComesInChunksOfOneRevision() {
        for (String name : "a b c d e".split(" ")) {
            client.resource(map(name)).create();
        }
        String path = "/api/v1/namespaces/" + namespace + "/configmaps?limit=2";

        JsonNode first = get(path);
        long remaining = first.at("/metadata/remainingItemCount").asLong();
        String token = first.at("/metadata/continue").asString();
        client.configMaps().inNamespace(namespace).withName("e").delete();
        int seen = first.path("items").size();
        while (!token.isEmpty()) {
            JsonNode next = get(path + "&continue=" + token);
            assertThat(next.at("/metadata/resourceVersion")).isEqualTo(first.at("/metadata/resourceVersion"));
            seen += next.path("items").size();
            token = next.at("/metadata/continue").asString("");
        }

        assertThat(seen).isEqualTo(2 + (int) remaining);
    }

    @Test
    void flowSchemasAndPriorityLevelsAreObjectsLikeOthers() {
        String base = "/apis/flowcontrol.apiserver.k8s.io/v1/";
        assertThat(get(base).path("resources").findValuesAsString("name"))
                .contains("flowschemas", "flowschemas/status", "prioritylevelconfigurations");
        create(base + "prioritylevelconfigurations", """
                {"metadata":{"name":"%s","labels":{"mine":"yes"}},
                 "spec":{"type":"Limited","limited":{"nominalConcurrencyShares":2,"limitResponse":{"type":"Reject"}}}}""".formatted(namespace));
        create(base + "flowschemas", """
                {"metadata":{"name":"%s","labels":{"mine":"yes"}},
                 "spec":{"matchingPrecedence":10000,"priorityLevelConfiguration":{"name":"%s"}}}""".formatted(namespace, namespace));
        for (String kind : List.of("flowschemas", "prioritylevelconfigurations")) {
            assertThat(patch(base + kind + "/" + namespace, "{\"metadata\":{\"annotations\":{\"a\":\"b\"}}}")
                            .at("/metadata/annotations/a")
                            .asString())
                    .isEqualTo("b");
            assertThat(patch(
                                    base + kind + "/" + namespace + "/status",
                                    "{\"status\":{\"conditions\":[{\"type\":\"T\",\"status\":\"False\"}]}}")
                            .at("/status/conditions")
                            .findValuesAsString("type"))
                    .contains("T");
            client.raw(base + kind + "?labelSelector=mine=yes", "DELETE", null);
            assertThat(get(base + kind + "?labelSelector=mine=yes").path("items"))
                    .isEmpty();
        }
    }

    private JsonNode get(String path) {
        return Json.parse(client.raw(path));
    }

    private JsonNode create(String path, String body) {
        return Json.parse(client.raw(path, "POST", Json.parse(body)));
    }

    /// A merge patch.
    private JsonNode patch(String path, String body) {
        try {
            var http = client.getHttpClient();
            var request = http.newHttpRequestBuilder()
                    .uri(client.getMasterUrl() + path.substring(1))
                    .patch("application/merge-patch+json", body)
                    .build();
            var response = http.sendAsync(request, String.class).get(30, TimeUnit.SECONDS);
            assertThat(response.code()).as(response.body()).isEqualTo(200);
            return Json.parse(response.body());
        } catch (InterruptedException | ExecutionException | TimeoutException broken) {
            throw new AssertionError(broken);
        }
    }

    private void patchPod(String name, String body) {
        patch("/api/v1/namespaces/" + namespace + "/pods/" + name, body);
    }

    private void delete(String path, String policy) {
        client.raw(
                "/api/v1/namespaces/" + namespace + "/" + path,
                "DELETE",
                new DeleteOptionsBuilder().withPropagationPolicy(policy).build());
    }

    private void finalizers(String... names) {
        var stored = client.namespaces().withName(namespace).get();
        client.raw(
                "/api/v1/namespaces/" + namespace + "/finalize",
                "PUT",
                new NamespaceBuilder(stored)
                        .editOrNewSpec()
                        .withFinalizers(names)
                        .endSpec()
                        .build());
    }

    private String condition(String type) {
        return client.namespaces().withName(namespace).get().getStatus().getConditions().stream()
                .filter(condition -> condition.getType().equals(type))
                .map(NamespaceCondition::getMessage)
                .findFirst()
                .orElse("");
    }

    private String used(String name) {
        var status = client.resourceQuotas()
                .inNamespace(namespace)
                .withName("quota")
                .get()
                .getStatus();
        return status == null || !status.getUsed().containsKey(name)
                ? ""
                : status.getUsed().get(name).toString();
    }

    private void own(Pod dependent, HasMetadata owner, boolean blocks) {
        patchPod(
                dependent.getMetadata().getName(),
                "{\"metadata\":{\"ownerReferences\":[" + Serialization.asJson(owner(owner, blocks)) + "]}}");
    }

    private static OwnerReference owner(HasMetadata owner, boolean blocks) {
        return new OwnerReferenceBuilder()
                .withApiVersion(owner.getApiVersion())
                .withKind(owner.getKind())
                .withName(owner.getMetadata().getName())
                .withUid(owner.getMetadata().getUid())
                .withBlockOwnerDeletion(blocks)
                .build();
    }

    private ConfigMap map(String name) {
        return new ConfigMapBuilder()
                .withNewMetadata()
                .withNamespace(namespace)
                .withName(name)
                .endMetadata()
                .build();
    }

    private Pod pod(String name) {
        return new PodBuilder()
                .withNewMetadata()
                .withNamespace(namespace)
                .withName(name)
                .endMetadata()
                .withNewSpec()
                .addNewContainer()
                .withName("main")
                .withImage("nginx")
                .endContainer()
                .endSpec()
                .build();
    }
}
