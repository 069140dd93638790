package dev.longshore.kinds.authentication.oidc;

import dev.longshore.kinds.authentication.Refusal;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/// Where a claim is that a token does not carry itself (OpenID Connect Core 1.0, section 5.6.2).
///
/// @param endpoint who is asked; empty if the claim is said to be enclosed, which nobody reads
/// @param accessToken with what; nothing if empty
record ClaimSource(String endpoint, String accessToken) {

    private static final String NAMES = "_claim_names";
    private static final String SOURCES = "_claim_sources";

    /// The sources that `claims` name, by the claims that are there.
    ///
    /// @throws Refusal when one is named that is not described
    static Map<String, ClaimSource> byClaim(JsonNode claims) throws Refusal {
        JsonNode names = object(claims, NAMES);
        JsonNode sources = object(claims, SOURCES);
        var byClaim = new LinkedHashMap<String, ClaimSource>();
        for (Map.Entry<String, JsonNode> claim : names.properties()) {
            String name = text(claim.getValue(), NAMES);
            if (name.isEmpty()) {
                throw new Refusal("oidc: failed to obtain source from claim name");
            }
            if (!sources.has(name)) {
                throw new Refusal("oidc: source does not exist");
            }
            JsonNode source = object(sources, name);
            byClaim.put(
                    claim.getKey(),
                    new ClaimSource(
                            text(source.path("endpoint"), SOURCES), text(source.path("access_token"), SOURCES)));
        }
        return byClaim;
    }

    private static JsonNode object(JsonNode parent, String name) throws Refusal {
        JsonNode found = parent.path(name);
        if (!found.isObject() && !found.isMissingNode() && !found.isNull()) {
            throw new Refusal("oidc: failed to unmarshal claims: " + name + " is not an object");
        }
        return found;
    }

    private static String text(JsonNode value, String of) throws Refusal {
        if (!value.isString() && !value.isMissingNode() && !value.isNull()) {
            throw new Refusal("oidc: failed to unmarshal claims: " + of + " has what is not a string");
        }
        return value.asString("");
    }
}
