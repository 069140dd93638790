package dev.longshore.journeys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.base.Yaml;
import io.fabric8.kubernetes.api.model.LimitRange;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What LimitRanges fill in and refuse, and their life as objects.
@ExtendWith(HollowShared.class)
@Order(29)
class LimitRangeJourneyTest {

    private static final String RANGE = """
            {apiVersion: v1, kind: LimitRange, metadata: {name: NAME, labels: {set: SET}}, spec: {limits: [{type: Container,
              min: {cpu: 50m, memory: 100Mi}, max: {cpu: 500m, memory: 500Mi}, default: {cpu: 200m, memory: 200Mi},
              defaultRequest: {cpu: 100m, memory: 150Mi}}]}}
            """;
    private static final String POD = "{apiVersion: v1, kind: Pod, metadata: {name: NAME}, spec:"
            + " {terminationGracePeriodSeconds: 0, containers: [{name: main, image: it, resources: {RESOURCES}}]}}";

    @Test
    void defaultsAreFilledInBoundsAreKeptAndAChangeOfThemCounts() {
        try (var namespace = HollowNamespace.fresh("limits")) {
            namespace.create(RANGE.replace("NAME", "range").replace("SET", "one"), LimitRange.class);

            assertThat(resources(namespace, "nothing", ""))
                    .satisfies(given -> is(given.getRequests(), "100m", "150Mi"))
                    .satisfies(given -> is(given.getLimits(), "200m", "200Mi"));
            assertThat(resources(namespace, "partial", "requests: {memory: 120Mi}, limits: {cpu: 300m}"))
                    .satisfies(given -> is(given.getRequests(), "300m", "120Mi"))
                    .satisfies(given -> is(given.getLimits(), "300m", "200Mi"));
            isRefused(
                    namespace,
                    "requests: {cpu: 10m, memory: 150Mi}",
                    "minimum cpu usage per Container is 50m, but request is 10m");
            isRefused(
                    namespace,
                    "requests: {cpu: 100m}, limits: {cpu: 600m}",
                    "maximum cpu usage per Container is 500m, but limit is 600m");

            new RawApi(namespace.client())
                    .replace("/api/v1/namespaces/" + namespace.name() + "/limitranges/range", range -> {
                        ((ObjectNode) range.at("/spec/limits/0/min")).put("cpu", "9m");
                        return range;
                    });
            assertThat(resources(namespace, "small", "requests: {cpu: 10m, memory: 150Mi}"))
                    .satisfies(given -> is(given.getRequests(), "10m", "150Mi"));
        }
    }

    @Test
    void theyAreListedAcrossNamespacesPatchedAndDeletedTogether() {
        try (var first = HollowNamespace.fresh("ranges");
                var second = HollowNamespace.fresh("ranges")) {
            var api = new RawApi(first.client());
            String label = "set=" + first.name();
            String here = "/api/v1/namespaces/" + first.name() + "/limitranges";
            for (HollowNamespace namespace : List.of(first, second)) {
                api.post(
                        "/api/v1/namespaces/" + namespace.name() + "/limitranges",
                        Yaml.parse(RANGE.replace("NAME", "range").replace("SET", first.name())));
            }
            assertThat(items(api.get("/api/v1/limitranges?labelSelector=" + label)))
                    .containsExactlyInAnyOrder(first.name(), second.name());

            JsonNode patched = api.merge(here + "/range", "{\"metadata\":{\"labels\":{\"patched\":\"yes\"}}}");
            assertThat(patched.at("/metadata/labels/patched").asString()).isEqualTo("yes");
            assertThat(patched.at("/spec/limits/0/max/cpu").asString()).isEqualTo("500m");

            api.delete(here + "?labelSelector=patched=yes");
            assertThat(items(api.get("/api/v1/limitranges?labelSelector=" + label)))
                    .containsExactly(second.name());
        }
    }

    private static List<String> items(JsonNode list) {
        return list.path("items")
                .valueStream()
                .map(item -> item.at("/metadata/namespace").asString())
                .toList();
    }

    private static void isRefused(HollowNamespace namespace, String resources, String why) {
        assertThatThrownBy(() -> resources(namespace, "refused", resources))
                .isInstanceOfSatisfying(KubernetesClientException.class, refused -> {
                    assertThat(refused.getCode()).isEqualTo(403);
                    assertThat(refused.getStatus().getMessage()).isEqualTo("pods \"refused\" is forbidden: " + why);
                });
    }

    private static ResourceRequirements resources(HollowNamespace namespace, String name, String resources) {
        return namespace
                .create(POD.replace("NAME", name).replace("RESOURCES", resources), Pod.class)
                .getSpec()
                .getContainers()
                .getFirst()
                .getResources();
    }

    private static void is(Map<String, Quantity> amounts, String cpu, String memory) {
        assertThat(amounts).isEqualTo(Map.of("cpu", Quantity.parse(cpu), "memory", Quantity.parse(memory)));
    }
}
