package dev.longshore.apiserver;

import dev.longshore.apiserver.relay.KubeconfigUser;
import dev.longshore.base.Json;
import dev.longshore.base.Yaml;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// As whom webhooks are called: the users of a kubeconfig, whose names say where they are good for.
///
/// ```
/// hooks.example.com:8443   *.example.com:8443   and, of port 443, without it   *   the current context's user
/// ```
///
/// @param users by their names
/// @param usual for whom no name fits
public record WebhookCredentials(Map<String, KubeconfigUser> users, KubeconfigUser usual) {

    /// As nobody.
    public static final WebhookCredentials NONE = new WebhookCredentials(Map.of(), KubeconfigUser.NONE);

    private static final int HTTPS = 443;

    public WebhookCredentials {
        users = Map.copyOf(users);
    }

    /// What `file` says.
    ///
    /// @throws IllegalArgumentException when it cannot be read, or makes no sense
    public static WebhookCredentials read(Path file) {
        JsonNode tree;
        try {
            tree = Yaml.parse(Files.readString(file));
        } catch (NoSuchFileException absent) {
            throw new IllegalArgumentException("stat " + file + ": no such file or directory", absent);
        } catch (IOException unreadable) {
            throw new IllegalArgumentException("read " + file + ": " + unreadable.getMessage(), unreadable);
        } catch (Json.MalformedException malformed) {
            throw new IllegalArgumentException(
                    "error loading config file \"" + file + "\": " + malformed.getMessage(), malformed);
        }
        var users = new HashMap<String, KubeconfigUser>();
        for (JsonNode each : tree.path("users")) {
            users.put(each.path("name").asString(""), KubeconfigUser.read(file, each.path("user")));
        }
        String current = tree.path("current-context").asString("");
        String user = tree.path("contexts")
                .valueStream()
                .filter(each ->
                        !current.isEmpty() && each.path("name").asString("").equals(current))
                .findFirst()
                .map(each -> each.path("context").path("user").asString(""))
                .orElse("");
        return new WebhookCredentials(users, users.getOrDefault(user, KubeconfigUser.NONE));
    }

    /// As whom `host` is asked.
    KubeconfigUser of(String host, int port) {
        String shown = host.indexOf(':') >= 0 ? "[" + host + "]" : host;
        return named(shown + ":" + port)
                .or(() -> port == HTTPS ? named(host) : Optional.empty())
                .or(() -> Optional.ofNullable(users.get("*")))
                .orElse(usual);
    }

    /// The very one, or else the one with the fewest parts replaced by a star.
    private Optional<KubeconfigUser> named(String target) {
        Optional<KubeconfigUser> found = Optional.ofNullable(users.get(target));
        for (int dot = target.indexOf('.'); found.isEmpty() && dot >= 0; dot = target.indexOf('.', dot + 1)) {
            found = Optional.ofNullable(users.get("*" + target.substring(dot)));
        }
        return found;
    }

    @Override
    public String toString() {
        return "WebhookCredentials";
    }
}
