package dev.longshore.runtime;

/// The runtime could not do what it was asked; the message is fit for a pod's event.
public final class RuntimeFaultException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final Kind kind;

    /// Of `kind`, in words for people.
    public RuntimeFaultException(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    /// Of `kind`, brought about by `cause`.
    public RuntimeFaultException(Kind kind, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    /// What sort of failure.
    public Kind kind() {
        return kind;
    }

    /// Sorts that callers tell apart.
    public enum Kind {
        NOT_FOUND,
        IMAGE_UNAVAILABLE,
        CANNOT_START,
        TIMED_OUT,
        FAILED
    }
}
