package dev.longshore.server;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.longshore.base.Json;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;

/// A back end that reviews access: it remembers what it was asked.
final class AccessBackEnd implements AutoCloseable {

    private final Queue<JsonNode> asked = new ConcurrentLinkedQueue<>();
    private final Function<JsonNode, String> answer;
    private final HttpServer server;

    /// @param answer the `status` for a `spec`
    AccessBackEnd(Function<JsonNode, String> answer) throws IOException {
        this.answer = answer;
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/authorize", this::handle);
        server.start();
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            JsonNode review = Json.parse(exchange.getRequestBody().readAllBytes());
            asked.add(review.path("spec"));
            byte[] body = """
                    {"apiVersion":"%s","kind":"SubjectAccessReview","status":%s}""".formatted(review.path("apiVersion").asString(), answer.apply(review.path("spec")))
                    .getBytes(java.nio.charset.StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
        }
    }

    /// The specs of all reviews.
    Queue<JsonNode> asked() {
        return asked;
    }

    /// Writes a kubeconfig that leads here.
    Path kubeconfig(Path directory) throws IOException {
        return Files.writeString(
                directory.resolve("back-end"), """
                apiVersion: v1
                kind: Config
                clusters: [{name: here, cluster: {server: "http://127.0.0.1:%d/authorize"}}]
                contexts: [{name: here, context: {cluster: here}}]
                current-context: here
                """.formatted(server.getAddress().getPort()));
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
