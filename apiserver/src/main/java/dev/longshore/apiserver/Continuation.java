package dev.longshore.apiserver;

import dev.longshore.base.Json;
import dev.longshore.model.Fault;
import dev.longshore.model.FaultException;
import java.util.Base64;

/// Where a list that was cut goes on.
///
/// @param revision at which the list is read
/// @param start the first key wanted, relative to the list's range
record Continuation(long revision, String start) {

    static Continuation parse(String token) {
        try {
            var json = Json.parse(Base64.getUrlDecoder().decode(token));
            var continuation = new Continuation(
                    json.path("rv").asLong(0), json.path("start").asString(""));
            if (continuation.revision > 0 && !continuation.start.isEmpty()) {
                return continuation;
            }
        } catch (IllegalArgumentException | Json.MalformedException notOurs) {
            throw invalid(notOurs);
        }
        throw invalid(null);
    }

    String token() {
        var json = Json.object().put("v", "meta.k8s.io/v1").put("rv", revision).put("start", start);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(Json.bytes(json));
    }

    private static FaultException invalid(Throwable cause) {
        return new FaultException(new Fault.BadRequest("continue key is not valid"), cause);
    }
}
