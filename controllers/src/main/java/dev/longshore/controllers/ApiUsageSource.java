package dev.longshore.controllers;

import dev.longshore.base.GoDurations;
import dev.longshore.base.Json;
import dev.longshore.model.Quantity;
import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.autoscaling.v2.CrossVersionObjectReference;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/// Asks the metrics APIs: `metrics.k8s.io` for resources, `custom.metrics.k8s.io` for what pods and objects tell of
/// themselves, `external.metrics.k8s.io` for the world outside.
final class ApiUsageSource implements UsageSource {

    private static final String RESOURCES = "/apis/metrics.k8s.io/v1beta1";
    private static final String CUSTOM_GROUP = "custom.metrics.k8s.io";
    private static final String CUSTOM = "/apis/" + CUSTOM_GROUP;
    private static final List<String> CUSTOM_VERSIONS = List.of("v1beta2", "v1beta1");
    private static final String EXTERNAL = "/apis/external.metrics.k8s.io/v1beta1";
    private static final Duration USUAL_WINDOW = Duration.ofMinutes(1);

    private final KubernetesClient client;
    private final ScaleTargets targets;

    ApiUsageSource(KubernetesClient client, ScaleTargets targets) {
        this.client = client;
        this.targets = targets;
    }

    @Override
    public Map<String, PodUsage> resource(String namespace, String selector, String resource, String container) {
        String path = "%s/namespaces/%s/pods?labelSelector=%s".formatted(RESOURCES, namespace, encoded(selector));
        List<JsonNode> items = items(path, "resource", "get pods.metrics.k8s.io");
        var usage = new HashMap<String, PodUsage>();
        for (JsonNode pod : items) {
            milli(pod.path("containers"), resource, container)
                    .ifPresent(value -> usage.put(
                            name(pod.path("metadata")),
                            new PodUsage(
                                    value, Instant.parse(pod.path("timestamp").asString()), window(pod))));
        }
        return Map.copyOf(usage);
    }

    /// Nothing of a pod is known if one of its containers says nothing.
    private static OptionalLong milli(JsonNode containers, String resource, String container) {
        long sum = 0;
        boolean isKnown = false;
        for (JsonNode one : containers) {
            if (!container.isEmpty() && !name(one).equals(container)) {
                continue;
            }
            JsonNode used = one.path("usage").path(resource);
            if (used.isMissingNode()) {
                return OptionalLong.empty();
            }
            sum += Quantity.parse(used.asString()).milli();
            isKnown = true;
        }
        return isKnown ? OptionalLong.of(sum) : OptionalLong.empty();
    }

    private static Duration window(JsonNode pod) {
        return GoDurations.parse(pod.path("window").asString("0s"));
    }

    @Override
    public Map<String, PodUsage> pods(String namespace, String selector, String name, LabelSelector series) {
        String path = "%s/namespaces/%s/pods/*/%s?labelSelector=%s&metricLabelSelector=%s"
                .formatted(customApi(), namespace, name, encoded(selector), encoded(text(series)));
        var usage = new HashMap<String, PodUsage>();
        for (JsonNode one : items(path, "custom", "get pods.custom.metrics.k8s.io " + name)) {
            // The older version's word.
            JsonNode seconds = one.path("windowSeconds").isNumber() ? one.path("windowSeconds") : one.path("window");
            usage.put(
                    name(one.path("describedObject")),
                    new PodUsage(
                            value(one),
                            Instant.parse(one.path("timestamp").asString()),
                            seconds.isNumber() ? Duration.ofSeconds(seconds.asLong()) : USUAL_WINDOW));
        }
        return Map.copyOf(usage);
    }

    /// The version that its server prefers, of those that are known here; whoever serves it may have only one.
    private String customApi() {
        JsonNode group;
        try {
            group = Json.parse(client.raw(CUSTOM, "GET", null));
        } catch (KubernetesClientException refused) {
            String why = Refusals.isNotFound(refused)
                    ? "no custom metrics API (" + CUSTOM_GROUP + ") registered"
                    : Refusals.message(refused);
            throw new UnknownUsageException("unable to fetch metrics from custom metrics API: " + why);
        }
        return Stream.concat(
                        Stream.of(group.path("preferredVersion")),
                        group.path("versions").valueStream())
                .map(version -> version.path("version").asString(""))
                .filter(CUSTOM_VERSIONS::contains)
                .findFirst()
                .map(version -> CUSTOM + "/" + version)
                .orElseThrow(() -> new UnknownUsageException("unable to fetch metrics from custom metrics API:"
                        + " no known available metric versions found"));
    }

    @Override
    public long object(String namespace, CrossVersionObjectReference object, String name, LabelSelector series) {
        boolean isNamespace = object.getKind().equals("Namespace");
        String where = isNamespace
                ? "namespaces/%s/metrics/%s".formatted(namespace, name)
                : "namespaces/%s/%s/%s/%s".formatted(namespace, targets.resourceName(object), object.getName(), name);
        String path = "%s/%s?metricLabelSelector=%s".formatted(customApi(), where, encoded(text(series)));
        return value(items(path, "custom", "get %s.custom.metrics.k8s.io %s".formatted(object.getKind(), name))
                .getFirst());
    }

    @Override
    public List<Long> external(String namespace, String name, LabelSelector series) {
        String path =
                "%s/namespaces/%s/%s?labelSelector=%s".formatted(EXTERNAL, namespace, name, encoded(text(series)));
        return items(path, "external", "get %s.external.metrics.k8s.io".formatted(name)).stream()
                .map(ApiUsageSource::value)
                .toList();
    }

    private List<JsonNode> items(String path, String api, String asked) {
        List<JsonNode> items;
        try {
            items = Json.parse(client.raw(path, "GET", null))
                    .path("items")
                    .valueStream()
                    .toList();
        } catch (KubernetesClientException refused) {
            String why = isUnserved(refused)
                    ? "the server could not find the requested resource (" + asked + ")"
                    : Refusals.message(refused);
            throw new UnknownUsageException("unable to fetch metrics from " + api + " metrics API: " + why);
        }
        if (items.isEmpty()) {
            throw new UnknownUsageException("no metrics returned from " + api + " metrics API");
        }
        return items;
    }

    /// Not a missing object or metric but a missing API, whose server has nothing to say.
    private static boolean isUnserved(KubernetesClientException refused) {
        return Refusals.isNotFound(refused)
                && (refused.getStatus() == null || refused.getStatus().getReason() == null);
    }

    private static String name(JsonNode node) {
        return node.path("name").asString("");
    }

    private static long value(JsonNode series) {
        return Quantity.parse(series.path("value").asString()).milli();
    }

    private static String text(LabelSelector selector) {
        return selector == null
                ? ""
                : dev.longshore.model.LabelSelector.of(Json.parse(Serialization.asJson(selector)))
                        .toString();
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
