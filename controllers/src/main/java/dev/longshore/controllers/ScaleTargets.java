package dev.longshore.controllers;

import dev.longshore.base.Json;
import dev.longshore.base.Time;
import io.fabric8.kubernetes.api.model.APIResource;
import io.fabric8.kubernetes.api.model.APIResourceList;
import io.fabric8.kubernetes.api.model.autoscaling.v2.CrossVersionObjectReference;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import tools.jackson.databind.node.ObjectNode;

/// What autoscalers scale: objects of whatever type has a scale subresource. Types are asked for anew after half a
/// minute. Thread-safe.
final class ScaleTargets {

    private static final Duration LIFE = Duration.ofSeconds(30);
    private static final int CONFLICT = 409;
    private static final int TRIES = 5;

    private final KubernetesClient client;
    private final Time time;
    private final Map<String, Types> known = new ConcurrentHashMap<>();

    ScaleTargets(KubernetesClient client, Time time) {
        this.client = client;
        this.time = time;
    }

    private record Types(Instant at, List<APIResource> resources) {}

    /// The scale of one object.
    ///
    /// @param wanted replicas it is to have
    /// @param observed replicas it has
    /// @param selector of its pods
    record Scale(String path, ObjectNode tree, int wanted, int observed, String selector) {
        private static Scale of(String path, ObjectNode tree) {
            return new Scale(
                    path,
                    tree,
                    tree.path("spec").path("replicas").asInt(0),
                    tree.path("status").path("replicas").asInt(0),
                    tree.path("status").path("selector").asString(""));
        }
    }

    /// The scale of what `reference` names.
    ///
    /// @throws KubernetesClientException if there is no such object, or it cannot be scaled
    Scale find(String namespace, CrossVersionObjectReference reference) {
        String apiVersion = reference.getApiVersion() == null ? "v1" : reference.getApiVersion();
        String path = "%s/%s/namespaces/%s/%s/%s/scale"
                .formatted(
                        apiVersion.contains("/") ? "/apis" : "/api",
                        apiVersion,
                        namespace,
                        type(reference).getName(),
                        reference.getName());
        return read(path);
    }

    private Scale read(String path) {
        return Scale.of(path, (ObjectNode) Json.parse(client.raw(path, "GET", null)));
    }

    /// Sets how many replicas there are to be; others may change the object meanwhile.
    void scale(Scale scale, int replicas) {
        Scale latest = scale;
        for (int tries = 1; ; tries++) {
            ObjectNode tree = latest.tree().deepCopy();
            tree.withObject("spec").put("replicas", replicas);
            try {
                client.raw(latest.path(), "PUT", tree.toString());
                return;
            } catch (KubernetesClientException refused) {
                if (refused.getCode() != CONFLICT || tries == TRIES) {
                    throw refused;
                }
                latest = read(latest.path());
            }
        }
    }

    /// How the metrics APIs call the type of what `reference` names: `deployments.apps`.
    String resourceName(CrossVersionObjectReference reference) {
        String apiVersion = reference.getApiVersion() == null ? "v1" : reference.getApiVersion();
        int slash = apiVersion.indexOf('/');
        String plural = type(reference).getName();
        return slash < 0 ? plural : plural + "." + apiVersion.substring(0, slash);
    }

    private APIResource type(CrossVersionObjectReference reference) {
        String apiVersion = reference.getApiVersion() == null ? "v1" : reference.getApiVersion();
        return types(apiVersion).stream()
                .filter(type -> type.getKind().equals(reference.getKind())
                        && !type.getName().contains("/"))
                .findFirst()
                .orElseThrow(() -> new KubernetesClientException("no matches for kind \"%s\" in group \"%s\""
                        .formatted(
                                reference.getKind(),
                                apiVersion.contains("/") ? apiVersion.substring(0, apiVersion.indexOf('/')) : "")));
    }

    private List<APIResource> types(String apiVersion) {
        Instant now = time.now();
        return known.compute(
                        apiVersion,
                        (version, before) ->
                                before == null || before.at().plus(LIFE).isBefore(now)
                                        ? new Types(now, ask(version))
                                        : before)
                .resources();
    }

    private List<APIResource> ask(String apiVersion) {
        APIResourceList list = client.getApiResources(apiVersion);
        return list == null ? List.of() : List.copyOf(list.getResources());
    }
}
