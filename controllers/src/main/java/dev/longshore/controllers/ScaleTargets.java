package dev.longshore.controllers;

import dev.longshore.base.Json;
import dev.longshore.base.Time;
import dev.longshore.model.GroupVersionKind;
import io.fabric8.kubernetes.api.model.APIResource;
import io.fabric8.kubernetes.api.model.APIResourceList;
import io.fabric8.kubernetes.api.model.autoscaling.v2.CrossVersionObjectReference;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import tools.jackson.databind.node.ObjectNode;

/// Objects of whatever type has a scale subresource, and their scales. Types are asked for anew after half a
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
        return read(version(reference), plural(reference), namespace, reference.getName());
    }

    /// The scale of an object.
    ///
    /// @throws KubernetesClientException if there is none
    Scale read(String apiVersion, String plural, String namespace, String name) {
        return read("%s/%s/namespaces/%s/%s/%s/scale"
                .formatted(apiVersion.contains("/") ? "/apis" : "/api", apiVersion, namespace, plural, name));
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
        return qualified(version(reference), plural(reference));
    }

    /// A type with its group: `deployments.apps`, `pods`.
    static String qualified(String apiVersion, String plural) {
        String group = GroupVersionKind.of(apiVersion, "").group();
        return group.isEmpty() ? plural : plural + "." + group;
    }

    /// The plural name of a kind, if it is served.
    Optional<String> plural(String apiVersion, String kind) {
        return types(apiVersion).stream()
                .filter(type -> type.getKind().equals(kind) && !type.getName().contains("/"))
                .map(APIResource::getName)
                .findFirst();
    }

    /// True if objects of the type have a scale subresource.
    boolean isScalable(String apiVersion, String plural) {
        return types(apiVersion).stream()
                .anyMatch(type -> type.getName().equals(plural + "/scale")
                        && type.getKind().equals("Scale"));
    }

    private String plural(CrossVersionObjectReference reference) {
        String apiVersion = version(reference);
        return plural(apiVersion, reference.getKind())
                .orElseThrow(() -> new KubernetesClientException("no matches for kind \"%s\" in group \"%s\""
                        .formatted(
                                reference.getKind(),
                                GroupVersionKind.of(apiVersion, "").group())));
    }

    private static String version(CrossVersionObjectReference reference) {
        return reference.getApiVersion() == null ? "v1" : reference.getApiVersion();
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
        try {
            APIResourceList list = client.getApiResources(apiVersion);
            return list == null ? List.of() : List.copyOf(list.getResources());
        } catch (KubernetesClientException unserved) {
            if (Refusals.isNotFound(unserved)) {
                return List.of();
            }
            throw unserved;
        }
    }
}
