package dev.longshore.kinds.authentication;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.RSAKey;
import dev.longshore.base.Json;
import java.security.PublicKey;
import java.security.interfaces.RSAPublicKey;
import tools.jackson.databind.node.ObjectNode;

/// What others need to check ServiceAccount tokens on their own: OpenID Connect's discovery documents.
///
/// @param issuer as it stands in tokens
/// @param keysUrl where [#keys] is served
/// @param key that checks tokens
public record IssuerDocuments(String issuer, String keysUrl, PublicKey key) {

    /// Who issues, and where its keys are.
    public ObjectNode configuration() {
        ObjectNode configuration = Json.object().put("issuer", issuer).put("jwks_uri", keysUrl);
        configuration.putArray("response_types_supported").add("id_token");
        configuration.putArray("subject_types_supported").add("public");
        configuration.putArray("id_token_signing_alg_values_supported").add(JWSAlgorithm.RS256.getName());
        return configuration;
    }

    /// The keys.
    public ObjectNode keys() {
        RSAKey told = new RSAKey.Builder((RSAPublicKey) key)
                .keyUse(KeyUse.SIGNATURE)
                .algorithm(JWSAlgorithm.RS256)
                .keyID(TokenSigner.keyId(key))
                .build();
        ObjectNode keys = Json.object();
        keys.putArray("keys").add(Json.parse(told.toJSONString()));
        return keys;
    }
}
