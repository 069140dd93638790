package dev.longshore.images.registry;

/// The codes of the distribution specification, with the status and words that registries answer with them.
enum ErrorCode {
    BLOB_UNKNOWN(404, "blob unknown to registry"),
    BLOB_UPLOAD_INVALID(400, "blob upload invalid"),
    BLOB_UPLOAD_UNKNOWN(404, "blob upload unknown to registry"),
    DENIED(403, "requested access to the resource is denied"),
    DIGEST_INVALID(400, "provided digest did not match uploaded content"),
    MANIFEST_BLOB_UNKNOWN(404, "blob unknown to registry"),
    MANIFEST_INVALID(400, "manifest invalid"),
    MANIFEST_UNKNOWN(404, "manifest unknown"),
    NAME_INVALID(400, "invalid repository name"),
    NAME_UNKNOWN(404, "repository name not known to registry"),
    PAGINATION_NUMBER_INVALID(400, "invalid number of results requested"),
    RANGE_INVALID(416, "invalid content range"),
    SIZE_INVALID(400, "provided length did not match content length"),
    TAG_INVALID(400, "manifest tag did not match URI"),
    TOO_LARGE(413, "SIZE_INVALID", "the content is larger than this registry takes"),
    TOOMANYREQUESTS(429, "too many requests"),
    UNAUTHORIZED(401, "authentication required"),
    UNAVAILABLE(503, "service unavailable"),
    UNKNOWN(500, "unknown error"),
    UNREACHABLE(502, "UNKNOWN", "the registry behind this one does not answer as hoped"),
    UNSUPPORTED(405, "The operation is unsupported.");

    private final int status;
    private final String code;
    private final String message;

    ErrorCode(int status, String message) {
        this.status = status;
        this.code = name();
        this.message = message;
    }

    ErrorCode(int status, String code, String message) {
        this.status = status;
        this.code = code;
        this.message = message;
    }

    int status() {
        return status;
    }

    String code() {
        return code;
    }

    String message() {
        return message;
    }
}
