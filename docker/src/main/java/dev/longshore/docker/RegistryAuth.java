package dev.longshore.docker;

import dev.longshore.base.Json;
import dev.longshore.http.Request;
import dev.longshore.images.Reference;
import dev.longshore.images.distribution.CredentialSource;
import dev.longshore.images.distribution.Credentials;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// The credentials that come with a build, by registry: the header `X-Registry-Config`.
final class RegistryAuth implements CredentialSource {

    private static final String HUB = "https://index.docker.io/v1/";

    private final JsonNode byRegistry;

    private RegistryAuth(JsonNode byRegistry) {
        this.byRegistry = byRegistry;
    }

    /// Reads the header of `request`.
    static RegistryAuth of(Request request) {
        Optional<String> header = request.headers().first("X-Registry-Config").filter(text -> !text.isBlank());
        if (header.isEmpty()) {
            return new RegistryAuth(Json.object());
        }
        try {
            // Docker's client writes it with `+` and `/` or without.
            String text = header.get().strip().replace('+', '-').replace('/', '_');
            return new RegistryAuth(Json.parse(Base64.getUrlDecoder().decode(text)));
        } catch (IllegalArgumentException wrong) {
            throw new Json.MalformedException("X-Registry-Config is not base64url", wrong);
        }
    }

    /// Those for the registry of `reference`.
    Credentials of(Reference reference) {
        return find(reference.domain());
    }

    @Override
    public Credentials find(String registry) {
        String name = registry.equals(Reference.DEFAULT_DOMAIN) ? HUB : registry;
        JsonNode entry = byRegistry.path(name);
        if (entry.isObject()) {
            return RegistryRoutes.read(entry);
        }
        // Old logins are kept by whole addresses.
        for (Map.Entry<String, JsonNode> other : byRegistry.properties()) {
            String host = other.getKey().replaceFirst("^https?://", "").replaceFirst("/.*$", "");
            if (host.equals(name) && other.getValue().isObject()) {
                return RegistryRoutes.read(other.getValue());
            }
        }
        return Credentials.NONE;
    }
}
