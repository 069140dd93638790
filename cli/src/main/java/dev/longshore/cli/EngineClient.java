package dev.longshore.cli;

import dev.longshore.base.Json;
import dev.longshore.http.Headers;
import dev.longshore.http.HttpDialer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import tools.jackson.databind.JsonNode;

/// Calls the Docker Engine API of a data directory over its socket.
final class EngineClient {

    private static final Duration LIMIT = Duration.ofHours(1);
    private static final int FIRST_FAILURE = 400;

    private static final int NOT_THERE = 412;

    private final DataDirectory directory;

    EngineClient(DataDirectory directory) {
        this.directory = directory;
    }

    /// The JSON that a path answers with.
    JsonNode json(String method, String target) {
        try (var dialer = HttpDialer.unix(directory.dockerSocket());
                var answer = dialer.exchange(HttpDialer.Call.of(method, target, Headers.EMPTY), LIMIT)) {
            byte[] body = answer.body().readAllBytes();
            refuse(answer.status(), body);
            return body.length == 0 ? Json.object() : Json.parse(body);
        } catch (IOException nobody) {
            throw unreachable(nobody);
        }
    }

    /// Sends `body` and prints the messages that come back as the docker client prints them.
    ///
    /// @throws CommandFailure when the engine says that it failed
    void stream(String method, String target, Headers headers, InputStream body, PrintWriter out) {
        messages(method, target, headers, body, message -> print(message, out));
    }

    /// The engine does not see a directory that it was to read.
    static final class NotThereFailure extends CommandFailure {
        private static final long serialVersionUID = 1L;

        NotThereFailure(String message) {
            super(message);
        }
    }

    /// Takes messages that the engine sends.
    @FunctionalInterface
    interface Receiver {
        void take(JsonNode message) throws IOException;
    }

    /// Sends `body` and hands on the messages that come back.
    ///
    /// @throws CommandFailure when the engine says that it failed
    void messages(String method, String target, Headers headers, InputStream body, Receiver receiver) {
        try (var dialer = HttpDialer.unix(directory.dockerSocket());
                var answer = dialer.exchange(
                        new HttpDialer.Call(method, target, headers, body, body == null ? 0 : -1), LIMIT)) {
            if (answer.status() >= FIRST_FAILURE) {
                refuse(answer.status(), answer.body().readAllBytes());
            }
            try (var lines = new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8))) {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    if (!line.isBlank()) {
                        JsonNode message = Json.parse(line.getBytes(StandardCharsets.UTF_8));
                        refuse(message);
                        receiver.take(message);
                    }
                }
            }
        } catch (IOException nobody) {
            throw unreachable(nobody);
        }
    }

    private static void refuse(JsonNode message) {
        if (message.has("error")) {
            throw new CommandFailure(message.path("error").asString());
        }
    }

    private static void print(JsonNode message, PrintWriter out) {
        if (message.has("stream")) {
            out.print(message.path("stream").asString());
        } else if (message.has("status") && !message.has("progressDetail")) {
            String id = message.path("id").asString("");
            out.println((id.isEmpty() ? "" : id + ": ") + message.path("status").asString());
        }
        out.flush();
    }

    private static void refuse(int status, byte[] body) {
        if (status < FIRST_FAILURE) {
            return;
        }
        String text = new String(body, StandardCharsets.UTF_8).strip();
        if (status == NOT_THERE) {
            throw new NotThereFailure(text);
        }
        try {
            throw new CommandFailure(Json.parse(body).path("message").asString(text));
        } catch (Json.MalformedException notJson) {
            throw new CommandFailure("status " + status + ": " + text, notJson);
        }
    }

    private CommandFailure unreachable(IOException cause) {
        return new CommandFailure(
                "cannot reach %s (%s); start the platform with `longshore up`"
                        .formatted(directory.dockerSocket(), cause.getMessage()),
                cause);
    }
}
