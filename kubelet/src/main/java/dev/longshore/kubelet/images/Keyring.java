package dev.longshore.kubelet.images;

import dev.longshore.base.Json;
import dev.longshore.runtime.Images;
import io.fabric8.kubernetes.api.model.Secret;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/// The credentials of a pod's imagePullSecrets by the place that they are for, which is spelled as Docker's
/// configuration spells it: `HOST[:PORT][/PATH]`, also with a scheme, and with `*` for within a part of the host's
/// name. Of several that fit an image, the longest place goes first, and of one place the first Secret. Immutable.
public final class Keyring {

    private static final Logger log = LoggerFactory.getLogger(Keyring.class);
    private static final String DOCKER_HUB = "index.docker.io";

    private final Map<String, List<PullKey>> places;

    private Keyring(Map<String, List<PullKey>> places) {
        this.places = places;
    }

    /// Of `secrets`, in their order; those of other types are nobody's credentials.
    ///
    /// @throws IllegalArgumentException when one of them cannot be read
    public static Keyring of(List<Secret> secrets) {
        var places = new TreeMap<String, List<PullKey>>(Comparator.reverseOrder());
        for (Secret secret : secrets) {
            var meta = secret.getMetadata();
            var source = new PullKey.Source.OfSecret(
                    Optional.ofNullable(meta.getUid()).orElse(""), meta.getNamespace(), meta.getName());
            auths(secret)
                    .forEach((place, entry) -> credentials(entry)
                            .ifPresent(found -> places.computeIfAbsent(normalized(place), key -> new ArrayList<>())
                                    .add(PullKey.of(found, source))));
        }
        return new Keyring(places);
    }

    /// Of what somebody else told, by place.
    static Keyring of(Map<String, Images.Credentials> told, PullKey.Source source) {
        var places = new TreeMap<String, List<PullKey>>(Comparator.reverseOrder());
        told.forEach((place, credentials) -> places.computeIfAbsent(normalized(place), key -> new ArrayList<>())
                .add(PullKey.of(credentials, source)));
        return new Keyring(places);
    }

    /// Whether `pattern`, spelled as a place, stands for `repository`.
    static boolean matches(String pattern, String repository) {
        return covers(pattern, repository);
    }

    /// Those to be tried for `image`, in this order.
    public List<PullKey> find(String image) {
        String repository = ImageNames.repository(image);
        var found = new ArrayList<PullKey>();
        places.forEach((place, keys) -> {
            if (covers(place, repository)) {
                found.addAll(keys);
            }
        });
        return found.isEmpty() && isOfDockerHub(repository) ? places.getOrDefault(DOCKER_HUB, List.of()) : found;
    }

    private static Map<String, JsonNode> auths(Secret secret) {
        Map<String, String> data = secret.getData() == null ? Map.of() : secret.getData();
        String json =
                switch (String.valueOf(secret.getType())) {
                    case "kubernetes.io/dockerconfigjson" -> data.getOrDefault(".dockerconfigjson", "");
                    case "kubernetes.io/dockercfg" -> data.getOrDefault(".dockercfg", "");
                    default -> "";
                };
        var auths = new LinkedHashMap<String, JsonNode>();
        if (!json.isEmpty()) {
            JsonNode tree = parsed(secret, json);
            JsonNode entries = data.containsKey(".dockerconfigjson") ? tree.path("auths") : tree;
            entries.properties().forEach(entry -> auths.put(entry.getKey(), entry.getValue()));
        }
        return auths;
    }

    private static JsonNode parsed(Secret secret, String json) {
        try {
            return Json.parse(Base64.getDecoder().decode(json));
        } catch (Json.MalformedException | IllegalArgumentException malformed) {
            // What is in it must not get into logs or events.
            log.debug("a pull secret cannot be read", malformed);
            throw new IllegalArgumentException("secret %s/%s holds no readable registry credentials"
                    .formatted(
                            secret.getMetadata().getNamespace(),
                            secret.getMetadata().getName()));
        }
    }

    private static Optional<Images.Credentials> credentials(JsonNode entry) {
        String token = entry.path("identitytoken").asString("");
        String username = entry.path("username").asString("");
        String password = entry.path("password").asString("");
        String auth = entry.path("auth").asString("");
        if (!auth.isEmpty()) {
            try {
                String pair = new String(Base64.getDecoder().decode(auth), StandardCharsets.UTF_8);
                int colon = pair.indexOf(':');
                username = colon < 0 ? username : pair.substring(0, colon);
                password = colon < 0 ? password : pair.substring(colon + 1);
            } catch (IllegalArgumentException malformed) {
                return Optional.empty();
            }
        }
        return username.isEmpty() && token.isEmpty()
                ? Optional.empty()
                : Optional.of(new Images.Credentials(username, password, token));
    }

    private static String normalized(String place) {
        String plain = place.replaceFirst("^https?://", "");
        int slash = plain.indexOf('/');
        String host = slash < 0 ? plain : plain.substring(0, slash);
        String path = slash < 0 ? "" : plain.substring(slash);
        if (path.startsWith("/v1/") || path.startsWith("/v2/")) {
            path = path.substring(3);
        }
        return path.equals("/") ? host : host + path;
    }

    private static boolean covers(String place, String repository) {
        String[] wanted = place.split("/", 2);
        String[] actual = repository.split("/", 2);
        String path = wanted.length > 1 ? wanted[1] : "";
        return port(wanted[0]).equals(port(actual[0]))
                && (actual.length > 1 ? actual[1] : "").startsWith(path)
                && matches(host(wanted[0]).split("\\.", -1), host(actual[0]).split("\\.", -1));
    }

    private static boolean matches(String[] globs, String[] parts) {
        boolean matches = globs.length == parts.length;
        for (int i = 0; matches && i < parts.length; i++) {
            String pattern = Pattern.quote(globs[i]).replace("*", "\\E.*\\Q").replace("?", "\\E.\\Q");
            matches = parts[i].matches(pattern);
        }
        return matches;
    }

    private static String host(String authority) {
        int colon = authority.lastIndexOf(':');
        return colon < 0 ? authority : authority.substring(0, colon);
    }

    private static String port(String authority) {
        int colon = authority.lastIndexOf(':');
        return colon < 0 ? "" : authority.substring(colon + 1);
    }

    private static boolean isOfDockerHub(String repository) {
        String[] parts = repository.split("/", 2);
        return parts.length == 1
                || parts[0].equals("docker.io")
                || parts[0].equals(DOCKER_HUB)
                || !parts[0].contains(".") && !parts[0].contains(":");
    }
}
