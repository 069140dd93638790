package dev.longshore.images.distribution;

import dev.longshore.base.Json;
import dev.longshore.images.Reference;
import dev.longshore.linux.CommandFailedException;
import dev.longshore.linux.Commands;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/// The credentials that `docker login` left in `config.json`: `auths` themselves, or programs that keep them
/// (`credHelpers`, `credsStore`), which are asked by Docker's protocol. Read anew each time, for it is changed by
/// others.
public final class DockerConfig implements CredentialSource {

    private static final Logger log = LoggerFactory.getLogger(DockerConfig.class);
    private static final String HUB = "https://index.docker.io/v1/";
    private static final String TOKEN_USER = "<token>";
    private static final Pattern HELPER = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]*");
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final Path file;
    private final Commands commands;

    /// Reads `file`; runs helpers by `commands`.
    public DockerConfig(Path file, Commands commands) {
        this.file = file;
        this.commands = commands;
    }

    /// Where Docker's client keeps it.
    public static Path usualFile(Map<String, String> environment, Path home) {
        String directory = environment.getOrDefault("DOCKER_CONFIG", "");
        return (directory.isEmpty() ? home.resolve(".docker") : Path.of(directory)).resolve("config.json");
    }

    @Override
    public Credentials find(String registry) throws InterruptedException {
        Optional<JsonNode> config = read();
        if (config.isEmpty()) {
            return Credentials.NONE;
        }
        String key = registry.equals(Reference.DEFAULT_DOMAIN) ? HUB : registry;
        String helper = helper(config.get(), registry, key);
        if (!helper.isEmpty()) {
            return ask(helper, key);
        }
        return stored(config.get().path("auths"), registry, key);
    }

    private Optional<JsonNode> read() {
        try {
            return Optional.of(Json.parse(Files.readAllBytes(file)));
        } catch (NoSuchFileException none) {
            return Optional.empty();
        } catch (IOException | Json.MalformedException unreadable) {
            log.warn("{} cannot be used: {}", file, unreadable.getMessage());
            return Optional.empty();
        }
    }

    private static String helper(JsonNode config, String registry, String key) {
        JsonNode helpers = config.path("credHelpers");
        String own = helpers.path(registry).asString(helpers.path(key).asString(""));
        String helper = own.isEmpty() ? config.path("credsStore").asString("") : own;
        return HELPER.matcher(helper).matches() ? helper : "";
    }

    private Credentials ask(String helper, String key) throws InterruptedException {
        var command = Commands.Command.of("docker-credential-" + helper, "get")
                .withInput(key)
                .within(LIMIT);
        try {
            Commands.Result result = commands.run(command);
            if (result.exitCode() != 0) {
                return Credentials.NONE; // It knows none: helpers say so by their exit code.
            }
            JsonNode answer = Json.parse(result.out());
            String user = answer.path("Username").asString("");
            String secret = answer.path("Secret").asString("");
            return user.equals(TOKEN_USER) ? new Credentials("", "", secret) : new Credentials(user, secret, "");
        } catch (CommandFailedException | Json.MalformedException broken) {
            log.warn("docker-credential-{} gave no credentials for {}", helper, key);
            return Credentials.NONE;
        }
    }

    private static Credentials stored(JsonNode auths, String registry, String key) {
        for (Map.Entry<String, JsonNode> entry : auths.properties()) {
            boolean isIt = entry.getKey().equals(key) || host(entry.getKey()).equals(registry);
            if (isIt) {
                return read(entry.getValue());
            }
        }
        return Credentials.NONE;
    }

    private static Credentials read(JsonNode entry) {
        String user = entry.path("username").asString("");
        String password = entry.path("password").asString("");
        String auth = entry.path("auth").asString("");
        if (!auth.isEmpty()) {
            try {
                String plain = new String(Base64.getDecoder().decode(auth), StandardCharsets.UTF_8);
                int colon = plain.indexOf(':');
                if (colon > 0) {
                    user = plain.substring(0, colon);
                    password = plain.substring(colon + 1).replaceFirst("\0+$", "");
                }
            } catch (IllegalArgumentException notBase64) {
                log.warn("an entry of config.json is not base64");
            }
        }
        return new Credentials(user, password, entry.path("identitytoken").asString(""));
    }

    /// Old clients wrote whole addresses.
    private static String host(String key) {
        return key.replaceFirst("^https?://", "").replaceFirst("/.*$", "");
    }
}
