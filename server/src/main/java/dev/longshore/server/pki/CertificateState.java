package dev.longshore.server.pki;

import dev.longshore.base.Json;
import java.time.Instant;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// How one certificate stands.
///
/// @param authority who has signed it; empty of an authority's own
/// @param end until when it is good
/// @param isExternal whether somebody else renews it
public record CertificateState(String name, String authority, Instant end, boolean isExternal) {

    /// For the control socket.
    public ObjectNode json() {
        return Json.object()
                .put("name", name)
                .put("authority", authority)
                .put("end", end.toString())
                .put("external", isExternal);
    }

    /// What [#json] has made.
    public static CertificateState of(JsonNode json) {
        return new CertificateState(
                json.path("name").asString(""),
                json.path("authority").asString(""),
                Instant.parse(json.path("end").asString("")),
                json.path("external").asBoolean());
    }

    /// Whether it is an authority's own.
    public boolean isAuthority() {
        return authority.isEmpty() && !isExternal;
    }
}
