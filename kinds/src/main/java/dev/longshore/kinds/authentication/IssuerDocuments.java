package dev.longshore.kinds.authentication;

import dev.longshore.base.Json;
import java.net.URI;
import java.net.URISyntaxException;
import java.security.PublicKey;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What others need to check ServiceAccount tokens on their own: OpenID Connect's discovery documents.
///
/// @param issuer as it stands in new tokens
/// @param keysUrl where [#keys] is served
/// @param verifying the keys that check tokens
public record IssuerDocuments(String issuer, String keysUrl, List<PublicKey> verifying) {

    public IssuerDocuments {
        verifying = List.copyOf(verifying);
    }

    /// Why `issuer` cannot have such documents, if so: it must be a URL of https without query and fragment.
    public static Optional<String> flaw(String issuer) {
        try {
            var url = new URI(issuer);
            if (!"https".equals(url.getScheme())) {
                return Optional.of("issuer URL must use https scheme, got: " + issuer);
            }
            if (url.getRawQuery() != null) {
                return Optional.of("issuer URL may not include a query, got: " + issuer);
            }
            return url.getRawFragment() == null
                    ? Optional.empty()
                    : Optional.of("issuer URL may not include a fragment, got: " + issuer);
        } catch (URISyntaxException malformed) {
            return Optional.of("issuer URL cannot be read: " + issuer);
        }
    }

    /// Who issues, and where its keys are.
    public ObjectNode configuration() {
        ObjectNode configuration = Json.object().put("issuer", issuer).put("jwks_uri", keysUrl);
        configuration.putArray("response_types_supported").add("id_token");
        configuration.putArray("subject_types_supported").add("public");
        SigningKeys.algorithms(verifying).forEach(configuration.putArray("id_token_signing_alg_values_supported")::add);
        return configuration;
    }

    /// The keys.
    public ObjectNode keys() {
        ObjectNode keys = Json.object();
        ArrayNode list = keys.putArray("keys");
        verifying.forEach(key -> list.add(Json.parse(SigningKeys.published(key).toJSONString())));
        return keys;
    }
}
