package dev.longshore.images.registry;

import dev.longshore.http.Headers;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.MissingNode;

/// A request that the registry refuses: the code, what exactly was wrong, and headers that help the client on.
final class RefusalException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final ErrorCode code;
    private final transient List<JsonNode> details;
    private final transient Headers headers;

    private RefusalException(ErrorCode code, List<JsonNode> details, Headers headers) {
        super(code.code() + ": " + code.message());
        this.code = code;
        this.details = List.copyOf(details);
        this.headers = headers;
    }

    RefusalException(ErrorCode code, JsonNode detail, Headers headers) {
        this(code, List.of(detail), headers);
    }

    /// One error for each of `details`.
    static RefusalException each(ErrorCode code, List<String> details) {
        return new RefusalException(
                code,
                details.stream()
                        .map(detail -> (JsonNode) JsonNodeFactory.instance.stringNode(detail))
                        .toList(),
                Headers.EMPTY);
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

    List<JsonNode> details() {
        return details;
    }

    Headers headers() {
        return headers;
    }
}
