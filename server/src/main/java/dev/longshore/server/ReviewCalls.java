package dev.longshore.server;

import dev.longshore.apiserver.relay.KubeconfigServer;
import dev.longshore.kinds.authorization.webhook.ReviewCall;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/// The way to the server that a kubeconfig names.
record ReviewCalls(KubeconfigServer server) implements ReviewCall {

    /// Of `kubeconfig`.
    ///
    /// @throws IllegalArgumentException when the file cannot be read, or makes no sense
    static ReviewCall find(String kubeconfig) {
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
