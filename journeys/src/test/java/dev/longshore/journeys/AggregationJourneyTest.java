package dev.longshore.journeys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.longshore.http.Response;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.BufferedReader;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/// Somebody else's API server behind ours, used with kubectl.
@ExtendWith(HollowShared.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Order(19)
@Timeout(120)
class AggregationJourneyTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String GROUP = "fish.example.com";

    private KubernetesClient client;
    private Kubectl old;
    private Kubectl kubectl;
    private ExtensionServer extension;

    @BeforeAll
    void serve() {
        client = HollowShared.client();
        List<Kubectl> both = Kubectl.both().toList();
        old = both.getFirst();
        kubectl = both.getLast().fresh("fish");
        extension = new ExtensionServer(client, "pond." + kubectl.namespace() + ".svc");
        Trouts.at(extension, GROUP);
        kubectl.okWith(external("pond", kubectl.namespace()), "create");
        kubectl.okWith(registration(GROUP, "pond"), "create");
        kubectl.ok("wait", "--for=condition=Available", "apiservice/v1." + GROUP, "--timeout=60s");
    }

    @AfterAll
    void leave() {
        kubectl.run("delete", "apiservice", "v1." + GROUP, "--ignore-not-found");
        extension.close();
        client.close();
    }

    private static String external(String name, String namespace) {
        return """
                apiVersion: v1
                kind: Service
                metadata: {name: %s, namespace: %s}
                spec: {type: ExternalName, externalName: localhost}
                """.formatted(name, namespace);
    }

    private String registration(String group, String service) {
        return """
                apiVersion: apiregistration.k8s.io/v1
                kind: APIService
                metadata: {name: v1.%s}
                spec:
                  group: %s
                  version: v1
                  groupPriorityMinimum: 1000
                  versionPriority: 15
                  caBundle: %s
                  service: {namespace: %s, name: %s, port: %d}
                """.formatted(group, group, extension.caBundle(), kubectl.namespace(), service, extension.port());
    }

    private void create(String name) {
        kubectl.okWith(
                "{apiVersion: %s/v1, kind: Trout, metadata: {name: %s}, weight: 800}".formatted(GROUP, name), "create");
    }

    @Test
    void itsObjectsAreObjectsLikeAllOthers() {
        create("bruno");

        for (Kubectl each : List.of(old, kubectl)) {
            assertThat(each.ok("api-resources", "--api-group=" + GROUP))
                    .contains("trouts", "tr", GROUP + "/v1", "true", "Trout");
            assertThat(each.ok("api-versions")).contains(GROUP + "/v1\n");
            assertThat(each.ok("get", "trouts", "-n", kubectl.namespace())).contains("bruno");
            assertThat(each.ok("get", "tr", "-A", "-o", "name")).contains("trout." + GROUP + "/bruno");
        }
        assertThat(kubectl.fails("get", "trout", "nobody"))
                .contains("Error from server (NotFound): trouts." + GROUP + " \"nobody\" not found");
        assertThat(kubectl.ok("delete", "trout", "bruno")).contains("trout." + GROUP + " \"bruno\" deleted");
    }

    @Test
    void whoWatchesIsToldAtOnce() throws IOException, InterruptedException {
        Process watch = kubectl.start("get", "trouts", "--watch", "--output-watch-events", "--no-headers");
        try (BufferedReader lines = watch.inputReader()) {
            await().atMost(PATIENCE)
                    .until(() -> extension.seen().stream()
                            .anyMatch(request -> request.query().isSet("watch")
                                    && request.path().endsWith("/" + kubectl.namespace() + "/trouts")));
            create("seen");
            assertThat(lines.readLine()).contains("ADDED", "seen");
            kubectl.ok("delete", "trout", "seen");
            assertThat(lines.readLine()).contains("DELETED", "seen");
        } finally {
            watch.destroy();
            assertThat(watch.waitFor(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void whatBelongsToAnObjectHereGoesWithIt() {
        kubectl.ok("create", "configmap", "owner");
        String uid = kubectl.value("configmap owner", "{.metadata.uid}");
        kubectl.okWith("""
                apiVersion: %s/v1
                kind: Trout
                metadata:
                  name: owned
                  ownerReferences: [{apiVersion: v1, kind: ConfigMap, name: owner, uid: %s}]
                """.formatted(GROUP, uid), "create");

        kubectl.ok("delete", "configmap", "owner");

        await().atMost(PATIENCE)
                .untilAsserted(() ->
                        assertThat(kubectl.ok("get", "trouts", "-o", "name")).doesNotContain("owned"));
    }

    @Test
    void explainTellsWhatItsServerSaysOfThem() {
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(kubectl.ok("explain", "trouts"))
                        .contains(
                                "GROUP:      " + GROUP,
                                "KIND:       Trout",
                                "A fish of cold water.",
                                "weight",
                                "In grams."));
        assertThat(old.ok("explain", "trouts.weight")).contains("In grams.");
        assertThat(kubectl.ok("get", "--raw", "/openapi/v3"))
                .contains("\"apis/" + GROUP + "/v1\":{\"serverRelativeURL\":\"/openapi/v3/apis/" + GROUP
                        + "/v1?hash=1\"}");
        assertThat(kubectl.ok("get", "--raw", "/openapi/v2"))
                .contains("com.example.Trout", "io.k8s.api.apps.v1.Deployment\"");
    }

    @Test
    void whoDescribesHimselfInTheOldFormOnlyIsExplainedToo() {
        String group = "old.example.com";
        kubectl.okWith(external("lake", kubectl.namespace()), "create");
        try (var lake = new ExtensionServer(client, "lake." + kubectl.namespace() + ".svc")) {
            Trouts.at(lake, group);
            lake.on("/openapi/v3", request -> Response.text(404, "not found"));
            lake.on("/openapi/v3/apis/" + group + "/v1", request -> Response.text(404, "not found"));
            kubectl.okWith(
                    registration(group, "lake")
                            .replace(extension.caBundle(), lake.caBundle())
                            .replace("port: " + extension.port(), "port: " + lake.port()),
                    "create");

            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(kubectl.run("explain", "trouts", "--api-version=" + group + "/v1")
                                    .out())
                            .contains("GROUP:      " + group, "A fish of cold water."));
        } finally {
            kubectl.ok("delete", "apiservice", "v1." + group);
        }
    }

    @Test
    void theServerIsReadyWhenAllOfItHasBegun() {
        assertThat(kubectl.ok("get", "--raw", "/readyz?verbose"))
                .contains(
                        "[+]poststarthook/apiservice-registration-controller ok",
                        "[+]poststarthook/kube-apiserver-autoregistration ok",
                        "[+]poststarthook/start-cluster-authentication-info-controller ok");
        assertThat(kubectl.ok("get", "--raw", "/metrics"))
                .contains("aggregator_unavailable_apiservice{name=\"v1." + GROUP + "\"} 0");
    }

    @Test
    void getApiServicesShowsWhoServesWhat() {
        String table = kubectl.ok("get", "apiservices");

        assertThat(table).containsPattern("NAME +SERVICE +AVAILABLE +AGE");
        assertThat(table).containsPattern("v1\\. +Local +True ");
        assertThat(table).containsPattern("v1\\.apps +Local +True ");
        assertThat(table).containsPattern("v1\\.fish\\.example\\.com +" + kubectl.namespace() + "/pond +True ");
        assertThat(kubectl.value(
                        "apiservice v1.apps",
                        "{.metadata.labels.kube-aggregator\\.kubernetes\\.io/automanaged}"
                                + " {.spec.groupPriorityMinimum} {.spec.versionPriority}"
                                + " {.status.conditions[0].reason} {.status.conditions[0].message}"))
                .isEqualTo("onstart 17800 15 Local Local APIServices are always available");
        assertThat(kubectl.value(
                        "apiservice v1." + GROUP, "{.status.conditions[0].reason}: {.status.conditions[0].message}"))
                .isEqualTo("Passed: all checks passed");
    }

    @Test
    void customResourcesHaveApiServicesAsLongAsTheyAreServed() {
        kubectl.okWith("""
                apiVersion: apiextensions.k8s.io/v1
                kind: CustomResourceDefinition
                metadata: {name: ponds.water.example.com}
                spec:
                  group: water.example.com
                  scope: Namespaced
                  names: {plural: ponds, singular: pond, kind: Pond}
                  versions: [{name: v1alpha1, served: true, storage: true, schema: {openAPIV3Schema: {type: object}}}]
                """, "create");
        kubectl.ok("wait", "--for=condition=Established", "crd/ponds.water.example.com", "--timeout=60s");
        kubectl.ok("wait", "--for=condition=Available", "apiservice/v1alpha1.water.example.com", "--timeout=60s");

        assertThat(
                        kubectl.value(
                                "apiservice v1alpha1.water.example.com",
                                "{.metadata.labels.kube-aggregator\\.kubernetes\\.io/automanaged}"
                                        + " {.spec.groupPriorityMinimum} {.spec.versionPriority} {.status.conditions[0].reason}"))
                .isEqualTo("true 1000 100 Local");
        // Whoever deletes it while it is served deletes in vain.
        kubectl.ok("delete", "apiservice", "v1alpha1.water.example.com");
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(kubectl.run("get", "apiservice", "v1alpha1.water.example.com")
                                .out())
                        .contains("Local"));
        kubectl.ok("delete", "crd", "ponds.water.example.com");
        await().atMost(PATIENCE)
                .untilAsserted(
                        () -> assertThat(kubectl.ok("get", "apiservices")).doesNotContain("water.example.com"));
    }

    @Test
    void itIsToldWhoAsks() {
        kubectl.ok("get", "trouts", "--as=jane", "--as-group=anglers", "--as-group=system:masters", "--as-uid=77");

        var headers = extension
                .last("/apis/" + GROUP + "/v1/namespaces/" + kubectl.namespace())
                .headers();
        assertThat(headers.all("X-Remote-User")).containsExactly("jane");
        assertThat(headers.all("X-Remote-Uid")).containsExactly("77");
        assertThat(headers.all("X-Remote-Group")).contains("anglers", "system:authenticated");
        assertThat(headers.first("Impersonate-User")).isEmpty();
        assertThat(headers.first("Audit-ID")).isPresent();
    }

    @Test
    void whoMayNotAskUsIsNotHandedOn() {
        int before = extension.seen().size();

        assertThat(kubectl.fails("get", "trouts", "--as=jane"))
                .contains("Error from server (Forbidden): trouts." + GROUP + " is forbidden: User \"jane\" cannot list"
                        + " resource \"trouts\" in API group \"" + GROUP + "\" in the namespace \""
                        + kubectl.namespace()
                        + "\"");

        assertThat(extension.seen().stream()
                        .skip(before)
                        .filter(request -> request.path().contains("trouts")))
                .isEmpty();
    }

    @Test
    void deletingANamespaceDeletesWhatIsInItElsewhere() {
        Kubectl other = Kubectl.both().toList().getLast().fresh("doomed");
        other.okWith("{apiVersion: %s/v1, kind: Trout, metadata: {name: leo}, weight: 1}".formatted(GROUP), "create");

        other.ok("delete", "namespace", other.namespace(), "--timeout=60s");

        assertThat(kubectl.ok("get", "trouts", "-A", "-o", "name")).doesNotContain("leo");
    }

    @Test
    void whoIsDownIsSaidToBeDown() {
        String group = "down.example.com";
        kubectl.okWith(external("dry", kubectl.namespace()), "create");
        kubectl.okWith(registration(group, "dry").replaceAll("port: \\d+", "port: 1"), "create");
        try {
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(kubectl.value(
                                    "apiservice v1." + group,
                                    "{.status.conditions[0].reason} {.status.conditions[0].message}"))
                            .startsWith(
                                    "FailedDiscoveryCheck failing or missing response from https://localhost:1/apis/"
                                            + group + "/v1: Get \"https://localhost:1/apis/" + group
                                            + "/v1\": dial tcp localhost:1: connect: connection refused"));
            assertThat(kubectl.ok("get", "apiservices")).contains("False (FailedDiscoveryCheck)");
            assertThat(kubectl.fails("get", "--raw", "/apis/" + group + "/v1"))
                    .contains("Error from server (ServiceUnavailable): the server is currently unable to handle the"
                            + " request");
            // Others are told all the same.
            assertThat(kubectl.ok("api-resources")).contains("deployments", "trouts");
        } finally {
            kubectl.ok("delete", "apiservice", "v1." + group);
        }
        assertThat(kubectl.ok("api-versions")).doesNotContain(group);
    }
}
