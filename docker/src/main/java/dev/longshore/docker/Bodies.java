package dev.longshore.docker;

import dev.longshore.base.Json;
import dev.longshore.http.Request;
import java.io.IOException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Reads what clients send as JSON.
final class Bodies {

    private static final int LARGEST = 8 << 20;

    private Bodies() {}

    /// The object in the body; an empty one when there is no body.
    static ObjectNode object(Request request) throws IOException {
        byte[] bytes = request.body().readNBytes(LARGEST + 1);
        if (bytes.length > LARGEST) {
            throw EngineException.invalid("the request's body is larger than " + LARGEST + " bytes");
        }
        if (bytes.length == 0) {
            return Json.object();
        }
        JsonNode tree = Json.parse(bytes);
        if (tree.isNull()) {
            return Json.object();
        }
        if (!(tree instanceof ObjectNode object)) {
            throw EngineException.invalid("invalid JSON: an object is expected");
        }
        return object;
    }
}
