package dev.longshore.docker;

import dev.longshore.base.Json;
import dev.longshore.http.Request;
import dev.longshore.images.Reference;
import dev.longshore.images.distribution.Credentials;
import java.util.Base64;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// The credentials that come with a build, by registry: the header `X-Registry-Config`.
final class RegistryAuth {

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
        String name = reference.domain().equals(Reference.DEFAULT_DOMAIN)
                ? "https://index.docker.io/v1/"
                : reference.domain();
        JsonNode entry = byRegistry.path(name);
        return entry.isObject() ? RegistryRoutes.read(entry) : Credentials.NONE;
    }
}
