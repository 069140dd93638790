package dev.longshore.kubelet.cluster;

import dev.longshore.base.Json;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import tools.jackson.databind.node.ObjectNode;

/// Strategic merge patches as single requests. The client's own way of patching reads the object first, which
/// would double the requests of every status.
final class Patches {

    private static final String STRATEGIC_MERGE = "application/strategic-merge-patch+json";
    private static final int LIMIT_SECONDS = 30;

    private Patches() {}

    /// Patches what is at `path`; returns it as it is then.
    ///
    /// @throws KubernetesClientException with the server's status code
    static String strategicMerge(KubernetesClient client, String path, ObjectNode patch) {
        String root = client.getMasterUrl().toString();
        String uri = (root.endsWith("/") ? root.substring(0, root.length() - 1) : root) + path;
        var http = client.getHttpClient();
        var request = http.newHttpRequestBuilder()
                .uri(uri)
                .setHeader("Accept", "application/json")
                .patch(STRATEGIC_MERGE, text(patch))
                .build();
        var answer = http.sendAsync(request, byte[].class);
        try {
            HttpResponse<byte[]> response = answer.get(LIMIT_SECONDS, TimeUnit.SECONDS);
            String body = response.body() == null ? "" : new String(response.body(), StandardCharsets.UTF_8);
            if (!response.isSuccessful()) {
                throw new KubernetesClientException(
                        "PATCH %s: %d %s".formatted(path, response.code(), body), response.code(), null);
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

    static String text(ObjectNode tree) {
        return new String(Json.bytes(tree), StandardCharsets.UTF_8);
    }
}
