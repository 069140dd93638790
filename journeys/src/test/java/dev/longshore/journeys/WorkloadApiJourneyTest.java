package dev.longshore.journeys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.longshore.base.Json;
import dev.longshore.base.Yaml;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What the API of workloads says while their controllers are at work: scales, statuses that others write, and lists
/// and collections.
@ExtendWith(HollowShared.class)
@Order(23)
class WorkloadApiJourneyTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String POD = "{metadata: {labels: {app: it}}, spec: {terminationGracePeriodSeconds: 0, %s"
            + " containers: [{name: main, image: it}]}}";

    /// A kind of workload.
    record Workload(String path, String kind, String spec) {

        String apiVersion() {
            return path.startsWith("/api/") ? "v1" : path.split("/")[2] + "/" + path.split("/")[3];
        }

        String collection(String namespace) {
            return path.replace("NS", namespace);
        }

        /// The objects of all namespaces with `label`.
        String everywhere(String label) {
            return path.replace("namespaces/NS/", "") + "?labelSelector=" + label;
        }

        String manifest(String name, String label) {
            return "{apiVersion: %s, kind: %s, metadata: {name: %s, labels: {set: %s}}, spec: %s}"
                    .formatted(apiVersion(), kind, name, label, spec);
        }

        @Override
        public String toString() {
            return kind;
        }
    }

    private static final String SELECTED = "selector: {matchLabels: {app: it}}, template: " + POD.formatted("");

    static Stream<Workload> scaled() {
        return Stream.of(
                new Workload(
                        "/apis/apps/v1/namespaces/NS/deployments", "Deployment", "{replicas: 1, " + SELECTED + "}"),
                new Workload(
                        "/apis/apps/v1/namespaces/NS/replicasets", "ReplicaSet", "{replicas: 1, " + SELECTED + "}"),
                new Workload(
                        "/apis/apps/v1/namespaces/NS/statefulsets",
                        "StatefulSet",
                        "{serviceName: it, replicas: 1, " + SELECTED + "}"),
                new Workload(
                        "/api/v1/namespaces/NS/replicationcontrollers",
                        "ReplicationController",
                        "{replicas: 1, selector: {app: it}, template: " + POD.formatted("") + "}"));
    }

    static Stream<Workload> all() {
        return Stream.concat(
                scaled(),
                Stream.of(
                        new Workload("/apis/apps/v1/namespaces/NS/daemonsets", "DaemonSet", "{" + SELECTED + "}"),
                        new Workload(
                                "/apis/batch/v1/namespaces/NS/jobs",
                                "Job",
                                "{template: " + POD.formatted("restartPolicy: Never,") + "}"),
                        new Workload(
                                "/apis/policy/v1/namespaces/NS/poddisruptionbudgets",
                                "PodDisruptionBudget",
                                "{minAvailable: 1, selector: {matchLabels: {app: it}}}")));
    }

    @ParameterizedTest
    @MethodSource("scaled")
    void itsScaleIsReadReplacedAndPatchedAndPodsFollow(Workload workload) {
        try (var namespace = HollowNamespace.fresh("scale")) {
            var api = new RawApi(namespace.client());
            String scale = created(namespace, workload, "it", "one") + "/scale";

            JsonNode read = api.get(scale);
            assertThat(read.path("kind").asString()).isEqualTo("Scale");
            assertThat(read.path("apiVersion").asString()).isEqualTo("autoscaling/v1");
            assertThat(read.at("/spec/replicas").asInt()).isEqualTo(1);
            assertThat(read.at("/metadata/name").asString()).isEqualTo("it");

            JsonNode replaced = api.replace(scale, tree -> {
                tree.withObject("spec").put("replicas", 2);
                return tree;
            });
            assertThat(replaced.at("/spec/replicas").asInt()).isEqualTo(2);
            await().atMost(PATIENCE).untilAsserted(() -> {
                assertThat(namespace.pods()).hasSize(2);
                assertThat(api.get(scale).at("/status/replicas").asInt()).isEqualTo(2);
                assertThat(api.get(scale).at("/status/selector").asString()).isEqualTo("app=it");
            });

            assertThat(api.merge(scale, "{\"spec\":{\"replicas\":3}}")
                            .at("/spec/replicas")
                            .asInt())
                    .isEqualTo(3);
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(namespace.pods()).hasSize(3));
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void aConditionThatSomebodyWritesIntoItsStatusStaysThere(Workload workload) {
        try (var namespace = HollowNamespace.fresh("status")) {
            var api = new RawApi(namespace.client());
            String path = created(namespace, workload, "it", "one");
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(
                                    workload.kind().equals("Job")
                                            ? api.get(path).at("/status/active").asInt()
                                            : api.get(path)
                                                    .at("/status/observedGeneration")
                                                    .asInt())
                            .isEqualTo(1));
            JsonNode spec = api.get(path + "/status").path("spec");

            api.replace(path + "/status", tree -> {
                tree.withObject("status").withArray("conditions").add(condition("Replaced"));
                tree.withObject("spec").put("ignored", true);
                return tree;
            });
            assertThat(conditions(api.get(path))).contains("Replaced");
            JsonNode patched = api.merge(
                    path + "/status",
                    "{\"metadata\":{\"annotations\":{\"seen\":\"yes\"}},\"status\":{\"conditions\":["
                            + condition("Replaced") + "," + condition("Patched") + "]}}");

            assertThat(conditions(patched)).contains("Replaced", "Patched");
            assertThat(patched.at("/metadata/annotations/seen").asString()).isEqualTo("yes");
            // The controller looks again, and writes a status of its own.
            api.merge(path, "{\"metadata\":{\"annotations\":{\"look\":\"again\"}}}");
            await().during(Duration.ofMillis(300))
                    .atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(conditions(api.get(path))).contains("Replaced", "Patched"));
            assertThat(api.get(path).path("spec")).isEqualTo(spec);
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void theyAreListedAcrossNamespacesAndDeletedTogetherByTheirLabel(Workload workload) {
        try (var first = HollowNamespace.fresh("list");
                var second = HollowNamespace.fresh("list")) {
            var api = new RawApi(first.client());
            String label = "set=" + first.name();
            created(first, workload, "one", first.name());
            created(first, workload, "other", "other");
            created(second, workload, "two", first.name());

            assertThat(names(api.get(workload.everywhere(label)))).containsExactlyInAnyOrder("one", "two");

            api.delete(workload.collection(first.name()) + "?propagationPolicy=Background&labelSelector=" + label);

            await().atMost(PATIENCE).untilAsserted(() -> {
                assertThat(names(api.get(workload.everywhere(label)))).containsExactly("two");
                assertThat(names(api.get(workload.collection(first.name())))).containsExactly("other");
            });
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"deployments", "replicationcontrollers"})
    void itsLifeIsWatched(String plural) throws Exception {
        Workload workload =
                all().filter(each -> each.path().endsWith(plural)).findFirst().orElseThrow();
        try (var namespace = HollowNamespace.fresh("life")) {
            var api = new RawApi(namespace.client());
            try (var seen = new Seen(namespace, workload)) {
                String path = created(namespace, workload, "it", "one");
                seen.untilLast(
                        "ADDED|MODIFIED",
                        object -> object.at("/status/readyReplicas").asInt() == 1);
                api.merge(path, "{\"metadata\":{\"labels\":{\"patched\":\"yes\"}},\"spec\":{\"replicas\":2}}");
                seen.untilLast(
                        "MODIFIED",
                        object -> object.at("/metadata/labels/patched")
                                        .asString("")
                                        .equals("yes")
                                && object.at("/status/readyReplicas").asInt() == 2);
                api.merge(path + "/status", "{\"status\":{\"conditions\":[" + condition("Patched") + "]}}");
                seen.untilLast("MODIFIED", object -> conditions(object).contains("Patched"));
                api.replace(path, tree -> {
                    tree.withObject("/metadata/labels").put("replaced", "yes");
                    return tree;
                });
                seen.untilLast(
                        "MODIFIED",
                        object -> object.at("/metadata/labels/replaced")
                                .asString("")
                                .equals("yes"));
                api.delete(workload.collection(namespace.name()) + "?labelSelector=set=one");
                seen.untilLast(
                        "DELETED",
                        object -> object.at("/metadata/name").asString().equals("it"));
            }
        }
    }

    private static String created(HollowNamespace namespace, Workload workload, String name, String label) {
        JsonNode made = new RawApi(namespace.client())
                .post(workload.collection(namespace.name()), Yaml.parse(workload.manifest(name, label)));
        return workload.collection(namespace.name()) + "/"
                + made.at("/metadata/name").asString();
    }

    private static ObjectNode condition(String type) {
        return Json.object()
                .put("type", type)
                .put("status", "True")
                .put("reason", "Journey")
                .put("message", "set by a journey")
                .put("lastTransitionTime", "2026-01-01T00:00:00Z");
    }

    private static List<String> conditions(JsonNode object) {
        return object.at("/status/conditions")
                .valueStream()
                .map(condition -> condition.path("type").asString())
                .toList();
    }

    private static List<String> names(JsonNode list) {
        return list.path("items")
                .valueStream()
                .map(item -> item.at("/metadata/name").asString())
                .toList();
    }
}
