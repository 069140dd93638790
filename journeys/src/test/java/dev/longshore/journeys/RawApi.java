package dev.longshore.journeys;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.base.Json;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.UnaryOperator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// The API by paths and trees, for verbs that fabric8 has no words for.
record RawApi(KubernetesClient client) {

    private static final int CONFLICT = 409;
    private static final int ATTEMPTS = 20;

    JsonNode get(String path) {
        return succeeded(send("GET", path, "", ""));
    }

    JsonNode post(String path, JsonNode object) {
        return succeeded(send("POST", path, "application/json", object.toString()));
    }

    /// Reads, changes and writes back, again if somebody else wrote meanwhile; returns what is there then.
    JsonNode replace(String path, UnaryOperator<ObjectNode> change) {
        for (int attempt = 1; ; attempt++) {
            HttpResponse<String> response = send(
                    "PUT",
                    path,
                    "application/json",
                    change.apply((ObjectNode) get(path)).toString());
            if (response.code() != CONFLICT || attempt == ATTEMPTS) {
                return succeeded(response);
            }
        }
    }

    JsonNode merge(String path, String patch) {
        return succeeded(send("PATCH", path, "application/merge-patch+json", patch));
    }

    JsonNode delete(String path) {
        return succeeded(send("DELETE", path, "", ""));
    }

    private static JsonNode succeeded(HttpResponse<String> response) {
        assertThat(response.code()).as(response.body()).isBetween(200, 202);
        return Json.parse(response.body());
    }

    private HttpResponse<String> send(String verb, String path, String type, String body) {
        HttpRequest.Builder request =
                client.getHttpClient().newHttpRequestBuilder().uri(client.getMasterUrl() + path.substring(1));
        if (body.isEmpty()) {
            request.method(verb, null, null);
        } else {
            request.method(verb, type, body);
        }
        try {
            return client.getHttpClient()
                    .sendAsync(request.build(), String.class)
                    .get(30, TimeUnit.SECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new AssertionError(interrupted);
        } catch (ExecutionException | TimeoutException broken) {
            throw new AssertionError(broken);
        }
    }
}
