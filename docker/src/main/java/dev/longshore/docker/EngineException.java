package dev.longshore.docker;

/// A request about containers, volumes or networks that cannot be granted, in the words of Docker's engine.
/// [DockerEngine] makes a status of its kind.
final class EngineException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final Kind kind;

    EngineException(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    EngineException(Kind kind, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    static EngineException invalid(String message) {
        return new EngineException(Kind.INVALID, message);
    }

    static EngineException notFound(String message) {
        return new EngineException(Kind.NOT_FOUND, message);
    }

    static EngineException conflict(String message) {
        return new EngineException(Kind.CONFLICT, message);
    }

    static EngineException forbidden(String message) {
        return new EngineException(Kind.FORBIDDEN, message);
    }

    static EngineException failed(String message, Throwable cause) {
        return new EngineException(Kind.FAILED, message, cause);
    }

    Kind kind() {
        return kind;
    }

    /// What sort of refusal.
    enum Kind {
        INVALID,
        NOT_FOUND,
        CONFLICT,
        FORBIDDEN,
        /// It is so already.
        NOT_MODIFIED,
        NOT_IMPLEMENTED,
        FAILED
    }
}
