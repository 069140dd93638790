package dev.longshore.kubelet.pods;

import dev.longshore.base.Json;
import dev.longshore.kubelet.cluster.ConfigApi;
import dev.longshore.runtime.Images;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Secret;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/// Reads credentials for a registry from a pod's imagePullSecrets.
final class PullSecrets {

    private static final Logger log = LoggerFactory.getLogger(PullSecrets.class);
    private static final String DOCKER_HUB = "docker.io";

    private PullSecrets() {}

    static List<Images.Credentials> of(Pod pod, ConfigApi config, String image) {
        var found = new ArrayList<Images.Credentials>();
        for (var reference : pod.getSpec().getImagePullSecrets()) {
            config.secret(pod.getMetadata().getNamespace(), reference.getName())
                    .ifPresent(secret -> found.addAll(matching(secret, image)));
        }
        return found;
    }

    private static List<Images.Credentials> matching(Secret secret, String image) {
        Map<String, String> data = secret.getData() == null ? Map.of() : secret.getData();
        try {
            if (data.containsKey(".dockerconfigjson")) {
                return entries(decoded(data.get(".dockerconfigjson")).path("auths"), image);
            }
            if (data.containsKey(".dockercfg")) {
                return entries(decoded(data.get(".dockercfg")), image);
            }
        } catch (Json.MalformedException | IllegalArgumentException malformed) {
            log.warn(
                    "secret {}/{} holds no readable registry credentials",
                    secret.getMetadata().getNamespace(),
                    secret.getMetadata().getName());
        }
        return List.of();
    }

    private static JsonNode decoded(String base64) {
        return Json.parse(Base64.getDecoder().decode(base64));
    }

    private static List<Images.Credentials> entries(JsonNode auths, String image) {
        var found = new ArrayList<Images.Credentials>();
        auths.properties().forEach(entry -> {
            if (covers(entry.getKey(), image)) {
                credentials(entry.getValue()).ifPresent(found::add);
            }
        });
        return found;
    }

    /// True if `key`, a registry with or without scheme and path, stands for the place that `image` comes from.
    static boolean covers(String key, String image) {
        String place =
                key.replaceFirst("^https?://", "").replaceFirst("/v[12]/?$", "").replaceFirst("/$", "");
        if (place.equals("index.docker.io") || place.equals("registry-1.docker.io")) {
            place = DOCKER_HUB;
        }
        int slash = image.indexOf('/');
        String first = slash < 0 ? "" : image.substring(0, slash);
        boolean hasHost = first.contains(".") || first.contains(":") || first.equals("localhost");
        String full = hasHost ? image : DOCKER_HUB + "/" + image;
        if (!place.contains("*")) {
            return full.equals(place) || full.startsWith(place + "/");
        }
        String host = full.substring(0, full.indexOf('/'));
        String pattern = place.contains("/") ? place.substring(0, place.indexOf('/')) : place;
        return host.matches(pattern.replace(".", "\\.").replace("*", "[^.]*"));
    }

    private static Optional<Images.Credentials> credentials(JsonNode entry) {
        String token = entry.path("identitytoken").asString("");
        String username = entry.path("username").asString("");
        String password = entry.path("password").asString("");
        String auth = entry.path("auth").asString("");
        if (!auth.isEmpty()) {
            String pair = new String(Base64.getDecoder().decode(auth), StandardCharsets.UTF_8);
            int colon = pair.indexOf(':');
            if (colon >= 0) {
                username = pair.substring(0, colon);
                password = pair.substring(colon + 1);
            }
        }
        return username.isEmpty() && token.isEmpty()
                ? Optional.empty()
                : Optional.of(new Images.Credentials(username, password, token));
    }
}
