package dev.longshore.images.registry;

import dev.longshore.http.Headers;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.MissingNode;

/// A request that the registry refuses: the code, what exactly was wrong, and headers that help the client on.
final class RefusalException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final ErrorCode code;
    private final transient JsonNode detail;
    private final transient Headers headers;

    RefusalException(ErrorCode code, JsonNode detail, Headers headers) {
        super(code.code() + ": " + code.message());
        this.code = code;
        this.detail = detail;
        this.headers = headers;
    }

    RefusalException(ErrorCode code, String detail) {
        this(code, JsonNodeFactory.instance.stringNode(detail), Headers.EMPTY);
    }

    RefusalException(ErrorCode code) {
        this(code, MissingNode.getInstance(), Headers.EMPTY);
    }

    ErrorCode code() {
        return code;
    }

    JsonNode detail() {
        return detail;
    }

    Headers headers() {
        return headers;
    }
}
