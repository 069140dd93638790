package dev.longshore.apiserver;

import dev.longshore.base.GoJson;
import dev.longshore.base.Json;
import dev.longshore.model.Fault;
import dev.longshore.model.FaultException;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import tools.jackson.databind.JsonNode;

/// Where a list that was cut goes on.
///
/// @param revision at which the list is read; [#NEWEST] for the newest, which is what is left when that one is
/// gone
/// @param start the first key wanted, relative to the list's range
record Continuation(long revision, String start) {

    static final long NEWEST = -1;

    private static final String VERSION = "meta.k8s.io/v1";
    private static final String INVALID = "continue key is not valid";
    private static final List<String> UPWARDS = List.of(".", "..", "");

    /// Reads a token.
    ///
    /// @throws FaultException with [Fault.BadRequest]
    static Continuation parse(String token) {
        JsonNode json;
        try {
            json = Json.parse(Base64.getUrlDecoder().decode(token));
        } catch (IllegalArgumentException | Json.MalformedException notOurs) {
            throw invalid(INVALID + ": " + notOurs.getMessage());
        }
        String version = json.path("v").asString("");
        if (!version.equals(VERSION)) {
            throw invalid(INVALID + ": server does not recognize this encoded version " + version);
        }
        var continuation =
                new Continuation(json.path("rv").asLong(0), json.path("start").asString(""));
        if (continuation.revision == 0) {
            throw invalid(INVALID + ": incorrect encoded start resourceVersion (version meta.k8s.io/v1)");
        }
        if (continuation.start.isEmpty()) {
            throw invalid(INVALID + ": encoded start key empty (version meta.k8s.io/v1)");
        }
        // Nobody may leave the range by a key that climbs.
        boolean climbs = Arrays.stream(continuation.start.split("/", -1)).anyMatch(UPWARDS::contains);
        if (climbs) {
            throw invalid(INVALID + ": " + continuation.start);
        }
        return continuation;
    }

    /// Goes on at the same place, but at the newest revision.
    Continuation atNewest() {
        return new Continuation(NEWEST, start);
    }

    String token() {
        var json = Json.object().put("v", VERSION).put("rv", revision).put("start", start);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(GoJson.bytes(json));
    }

    private static FaultException invalid(String why) {
        return new FaultException(new Fault.BadRequest("invalid continue token: " + why));
    }
}
