package dev.longshore.server.identity;

import dev.longshore.apiserver.relay.KubeconfigServer;
import dev.longshore.kinds.authorization.webhook.ReviewCall;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/// The way to the server that a kubeconfig names.
public record ReviewCalls(KubeconfigServer server) implements ReviewCall {

    /// Of `kubeconfig`.
    ///
    /// @throws IllegalArgumentException when the file cannot be read, or makes no sense
    public static ReviewCall find(String kubeconfig) {
        if (kubeconfig.isEmpty()) {
            // What `connectionInfo` of type InClusterConfig asks for.
            throw new IllegalArgumentException("unable to load in-cluster configuration, KUBERNETES_SERVICE_HOST and"
                    + " KUBERNETES_SERVICE_PORT must be defined: this server runs in no pod");
        }
        return new ReviewCalls(KubeconfigServer.read(Path.of(kubeconfig)));
    }

    @Override
    public Answer post(byte[] body, Duration limit) throws IOException {
        KubeconfigServer.Answer answer = server.post(body, limit);
        return new Answer(answer.status(), answer.body(), false);
    }

    @Override
    public void close() {
        server.close();
    }
}
