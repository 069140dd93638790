package dev.longshore.cli;

import dev.longshore.base.Json;
import dev.longshore.http.Headers;
import dev.longshore.http.HttpDialer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/// Speaks with the server of a data directory over its control socket.
public final class ControlClient {

    private static final Duration STATUS_LIMIT = Duration.ofSeconds(5);
    private static final Duration DOWN_LIMIT = Duration.ofMinutes(5);
    private static final Duration RENEW_LIMIT = Duration.ofMinutes(1);
    private static final Duration BASE_LIMIT = Duration.ofMinutes(30);
    private static final Duration REWRITE_LIMIT = Duration.ofMinutes(10);
    private static final int FIRST_FAILURE = 400;
    private static final String FAILED = "error: ";

    private final DataDirectory directory;

    /// For the server that works on `directory`.
    public ControlClient(DataDirectory directory) {
        this.directory = directory;
    }

    /// What the server says of itself; empty when none runs.
    public Optional<JsonNode> status() {
        if (!Files.exists(directory.controlSocket())) {
            return Optional.empty();
        }
        try (var dialer = HttpDialer.unix(directory.controlSocket());
                var answer = dialer.exchange(HttpDialer.Call.of("GET", "/status", Headers.EMPTY), STATUS_LIMIT)) {
            return Optional.of(Json.parse(answer.body().readAllBytes()));
        } catch (IOException nobody) {
            return Optional.empty();
        }
    }

    /// Asks the server to stop itself and the applications, and returns when it has; `line` gets what it says
    /// meanwhile.
    ///
    /// @return false when no server runs
    public boolean down(Consumer<String> line) {
        if (!Files.exists(directory.controlSocket())) {
            return false;
        }
        try (var dialer = HttpDialer.unix(directory.controlSocket());
                var answer = dialer.exchange(HttpDialer.Call.of("POST", "/down", Headers.EMPTY), DOWN_LIMIT);
                var lines = new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8))) {
            for (String next = lines.readLine(); next != null; next = lines.readLine()) {
                line.accept(next);
            }
            return true;
        } catch (IOException nobody) {
            return false;
        }
    }

    /// The cluster's certificates as the server has them; empty when none runs.
    ///
    /// @throws CommandFailure when it cannot tell
    public Optional<JsonNode> certificates() {
        return asked("GET", "/certificates", RENEW_LIMIT);
    }

    /// Has the server renew the certificates called so, and tells of them; empty when none runs.
    ///
    /// @throws CommandFailure when it could not
    public Optional<JsonNode> renewCertificates(List<String> names) {
        return asked(
                "POST",
                names.stream()
                        .map(name -> "name=" + URLEncoder.encode(name, StandardCharsets.UTF_8))
                        .collect(Collectors.joining("&", "/certificates/renew?", "")),
                RENEW_LIMIT);
    }

    /// Has the server write a backup to `out`; complete only if it says so of itself, for the server may break
    /// off.
    ///
    /// @return false when no server runs
    /// @throws IOException when `out` takes no more, or the server has left
    /// @throws CommandFailure when the server cannot
    public boolean backup(OutputStream out) throws IOException {
        if (!Files.exists(directory.controlSocket())) {
            return false;
        }
        try (var dialer = HttpDialer.unix(directory.controlSocket())) {
            HttpDialer.Answer answer;
            try {
                answer = dialer.exchange(HttpDialer.Call.of("POST", "/backup", Headers.EMPTY), REWRITE_LIMIT);
            } catch (IOException nobody) {
                return false;
            }
            try (answer) {
                if (answer.status() >= FIRST_FAILURE) {
                    throw new CommandFailure(new String(answer.body().readAllBytes(), StandardCharsets.UTF_8).strip());
                }
                answer.body().transferTo(out);
            }
            return true;
        }
    }

    /// How many objects of each resource are stored under which key.
    ///
    /// @throws CommandFailure when no server runs, or it encrypts nothing
    JsonNode encryption() {
        return ask("GET", "/encryption");
    }

    /// Has the server write anew what is not stored under the first key, and tells how many that were, by
    /// resource.
    ///
    /// @throws CommandFailure when no server runs, it encrypts nothing, or no key opens something
    JsonNode rewriteEncrypted() {
        return ask("POST", "/encryption/rewrite");
    }

    private JsonNode ask(String method, String target) {
        return asked(method, target, REWRITE_LIMIT)
                .orElseThrow(() -> new CommandFailure("no server answers at %s; start the platform with `longshore up`"
                        .formatted(directory.controlSocket())));
    }

    private Optional<JsonNode> asked(String method, String target, Duration limit) {
        if (!Files.exists(directory.controlSocket())) {
            return Optional.empty();
        }
        try (var dialer = HttpDialer.unix(directory.controlSocket());
                var answer = dialer.exchange(HttpDialer.Call.of(method, target, Headers.EMPTY), limit)) {
            byte[] said = answer.body().readAllBytes();
            if (answer.status() >= FIRST_FAILURE) {
                throw new CommandFailure(new String(said, StandardCharsets.UTF_8).strip());
            }
            return Optional.of(Json.parse(said));
        } catch (IOException nobody) {
            return Optional.empty();
        }
    }

    /// Has the server make the base image `name`; `line` gets what it says meanwhile.
    ///
    /// @throws CommandFailure when no server runs, or it could not
    void makeBaseImage(String name, Consumer<String> line) {
        String target = "/images/base?name=" + URLEncoder.encode(name, StandardCharsets.UTF_8);
        try (var dialer = HttpDialer.unix(directory.controlSocket());
                var answer = dialer.exchange(HttpDialer.Call.of("POST", target, Headers.EMPTY), BASE_LIMIT);
                var lines = new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8))) {
            for (String next = lines.readLine(); next != null; next = lines.readLine()) {
                if (answer.status() >= FIRST_FAILURE || next.startsWith(FAILED)) {
                    throw new CommandFailure(next.startsWith(FAILED) ? next.substring(FAILED.length()) : next);
                }
                line.accept(next);
            }
        } catch (IOException nobody) {
            throw new CommandFailure(
                    "cannot reach %s (%s); start the platform with `longshore up`"
                            .formatted(directory.controlSocket(), nobody.getMessage()),
                    nobody);
        }
    }
}
