package dev.longshore.cli;

import dev.longshore.base.Json;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// The caller's own logins at registries, as `docker login` left them in `config.json`: there itself, or with programs
/// that keep them (`docker-credential-…`). For one command.
final class RegistryLogins {

    private static final String HUB = "https://index.docker.io/v1/";
    private static final String TOKEN_USER = "<token>";
    private static final Pattern HELPER = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]*");
    private static final int PATIENCE_SECONDS = 30;
    private static final int LARGEST_ANSWER = 1 << 20;

    private final Path file;
    private final String programs;
    private final Consumer<String> warnings;

    /// Of the `file`; `warnings` hears what of it cannot be used.
    ///
    /// @param programs the directory of helpers, with a slash at its end; empty if they are on the path
    RegistryLogins(Path file, String programs, Consumer<String> warnings) {
        this.file = file;
        this.programs = programs;
        this.warnings = warnings;
    }

    /// Those of whoever calls.
    static RegistryLogins ofCaller(Consumer<String> warnings) {
        String directory = System.getenv().getOrDefault("DOCKER_CONFIG", "");
        Path home = Path.of(System.getProperty("user.home", "/"));
        return new RegistryLogins(
                (directory.isEmpty() ? home.resolve(".docker") : Path.of(directory)).resolve("config.json"),
                "",
                warnings);
    }

    /// All of them as the header `X-Registry-Config` has them; empty if there are none.
    String configHeader() {
        ObjectNode all = Json.object();
        JsonNode config = read();
        for (Map.Entry<String, JsonNode> entry : config.path("auths").properties()) {
            stored(entry.getKey(), entry.getValue()).ifPresent(login -> all.set(entry.getKey(), login));
        }
        String store = config.path("credsStore").asString("");
        if (!store.isEmpty()) {
            var servers = new TreeSet<String>();
            ask(store, "list", "").ifPresent(list -> list.properties().forEach(entry -> servers.add(entry.getKey())));
            servers.forEach(server -> kept(store, server).ifPresent(login -> all.set(server, login)));
        }
        for (Map.Entry<String, JsonNode> entry : config.path("credHelpers").properties()) {
            kept(entry.getValue().asString(""), entry.getKey()).ifPresent(login -> all.set(entry.getKey(), login));
        }
        return all.isEmpty() ? "" : encoded(all);
    }

    /// The one for the registry of the image `repository` as the header `X-Registry-Auth` has it; `{}` if there is
    /// none.
    String authHeader(String repository) {
        String domain = domain(repository);
        JsonNode config = read();
        String key = domain.isEmpty() ? HUB : domain;
        String own = config.path("credHelpers").path(key).asString("");
        String helper = own.isEmpty() ? config.path("credsStore").asString("") : own;
        Optional<ObjectNode> login = helper.isEmpty() ? stored(config.path("auths"), key) : kept(helper, key);
        return encoded(login.orElseGet(Json::object));
    }

    /// The part before the first slash, where it can be no part of a name.
    private static String domain(String repository) {
        int slash = repository.indexOf('/');
        String first = slash < 0 ? "" : repository.substring(0, slash);
        boolean isHost = first.contains(".") || first.contains(":") || first.equals("localhost");
        return isHost && !first.equals("docker.io") ? first : "";
    }

    private static Optional<ObjectNode> stored(JsonNode auths, String key) {
        for (Map.Entry<String, JsonNode> entry : auths.properties()) {
            String host = entry.getKey().replaceFirst("^https?://", "").replaceFirst("/.*$", "");
            if (entry.getKey().equals(key) || host.equals(key)) {
                return stored(entry.getKey(), entry.getValue());
            }
        }
        return Optional.empty();
    }

    /// An entry of `auths`; one without anything in it says that a helper has it.
    private static Optional<ObjectNode> stored(String server, JsonNode entry) {
        String user = entry.path("username").asString("");
        String password = entry.path("password").asString("");
        String both = new String(decoded(entry.path("auth").asString("")), StandardCharsets.UTF_8);
        int colon = both.indexOf(':');
        if (colon > 0) {
            user = both.substring(0, colon);
            password = both.substring(colon + 1).replaceFirst("\0+$", "");
        }
        String token = entry.path("identitytoken").asString("");
        return user.isEmpty() && token.isEmpty() ? Optional.empty() : Optional.of(login(server, user, password, token));
    }

    private Optional<ObjectNode> kept(String helper, String server) {
        return ask(helper, "get", server)
                .filter(answer -> !answer.path("Secret").asString("").isEmpty())
                .map(answer -> {
                    String user = answer.path("Username").asString("");
                    String secret = answer.path("Secret").asString("");
                    return user.equals(TOKEN_USER) ? login(server, "", "", secret) : login(server, user, secret, "");
                });
    }

    private static ObjectNode login(String server, String user, String password, String token) {
        ObjectNode login = Json.object();
        if (!user.isEmpty()) {
            login.put("username", user).put("password", password);
        }
        if (!token.isEmpty()) {
            login.put("identitytoken", token);
        }
        return login.put("serveraddress", server);
    }

    /// What a helper answers by Docker's protocol; nothing when it knows nothing, which it says by its exit code.
    private Optional<JsonNode> ask(String helper, String what, String input) {
        if (!HELPER.matcher(helper).matches()) {
            return Optional.empty();
        }
        try {
            Process process = new ProcessBuilder(programs + "docker-credential-" + helper, what)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            // Only then: ending one that has ended would close what is still to be read.
            process.onExit()
                    .orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS)
                    .exceptionally(late -> process.destroyForcibly());
            try (OutputStream in = process.getOutputStream()) {
                in.write(input.getBytes(StandardCharsets.UTF_8));
            } catch (IOException notRead) {
                // A helper that lists reads nothing.
            }
            byte[] answer = process.getInputStream().readNBytes(LARGEST_ANSWER);
            return process.waitFor() == 0 ? Optional.of(Json.parse(answer)) : Optional.empty();
        } catch (IOException | Json.MalformedException broken) {
            warnings.accept("docker-credential-" + helper + " is not used: " + broken.getMessage());
            return Optional.empty();
        } catch (InterruptedException cancelled) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    private JsonNode read() {
        try {
            return Json.parse(Files.readAllBytes(file));
        } catch (NoSuchFileException none) {
            return Json.object();
        } catch (IOException | Json.MalformedException unreadable) {
            warnings.accept(file + " is not used: it cannot be read");
            return Json.object();
        }
    }

    private static byte[] decoded(String text) {
        try {
            return Base64.getDecoder().decode(text);
        } catch (IllegalArgumentException notBase64) {
            return new byte[0];
        }
    }

    private static String encoded(JsonNode tree) {
        return Base64.getUrlEncoder().encodeToString(Json.bytes(tree));
    }
}
