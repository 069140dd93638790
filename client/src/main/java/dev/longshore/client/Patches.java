package dev.longshore.client;

import dev.longshore.base.Json;
import io.fabric8.kubernetes.api.model.Status;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import tools.jackson.databind.node.ObjectNode;

/// Patches as single requests. The client's own way of patching reads the object first: twice the requests, and a right
/// to read that who only writes does not need.
public final class Patches {

    private static final String STRATEGIC_MERGE = "application/strategic-merge-patch+json";
    private static final String MERGE = "application/merge-patch+json";
    private static final String APPLY = "application/apply-patch+yaml";
    private static final int LIMIT_SECONDS = 30;

    private Patches() {}

    /// Patches what is at `path` by the merge that knows lists; returns it as it is then.
    ///
    /// @throws KubernetesClientException with the server's status code
    public static String strategicMerge(KubernetesClient client, String path, ObjectNode patch) {
        return send(client, STRATEGIC_MERGE, path, patch);
    }

    /// Patches what is at `path` by RFC 7386; returns it as it is then.
    ///
    /// @throws KubernetesClientException with the server's status code
    public static String merge(KubernetesClient client, String path, ObjectNode patch) {
        return send(client, MERGE, path, patch);
    }

    /// Applies `wanted` at `path` in the name of `manager`, whoever else manages its fields; returns what is there
    /// then.
    ///
    /// @throws KubernetesClientException with the server's status code
    public static String apply(KubernetesClient client, String path, String manager, ObjectNode wanted) {
        return send(client, APPLY, path + "?force=true&fieldManager=" + manager, wanted);
    }

    private static String send(KubernetesClient client, String type, String path, ObjectNode patch) {
        String root = client.getMasterUrl().toString();
        String uri = (root.endsWith("/") ? root.substring(0, root.length() - 1) : root) + path;
        var http = client.getHttpClient();
        var request = http.newHttpRequestBuilder()
                .uri(uri)
                .setHeader("Accept", "application/json")
                .patch(type, text(patch))
                .build();
        var answer = http.sendAsync(request, byte[].class);
        try {
            HttpResponse<byte[]> response = answer.get(LIMIT_SECONDS, TimeUnit.SECONDS);
            String body = response.body() == null ? "" : new String(response.body(), StandardCharsets.UTF_8);
            if (!response.isSuccessful()) {
                throw new KubernetesClientException(
                        "PATCH %s: %d %s".formatted(path, response.code(), body), response.code(), status(body));
            }
            return body;
        } catch (InterruptedException interrupted) {
            answer.cancel(true);
            Thread.currentThread().interrupt();
            throw new KubernetesClientException("PATCH %s: interrupted".formatted(path), interrupted);
        } catch (TimeoutException slow) {
            answer.cancel(true);
            throw new KubernetesClientException("PATCH %s: no answer".formatted(path), slow);
        } catch (ExecutionException failure) {
            throw new KubernetesClientException(
                    "PATCH %s: %s".formatted(path, failure.getCause().getMessage()), failure.getCause());
        }
    }

    /// What the server says of its refusal; null if that is no `Status`, as the client has it.
    private static Status status(String body) {
        try {
            return Serialization.unmarshal(body, Status.class);
        } catch (IllegalArgumentException somethingElse) {
            return null;
        }
    }

    private static String text(ObjectNode tree) {
        return new String(Json.bytes(tree), StandardCharsets.UTF_8);
    }
}
