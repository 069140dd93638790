package dev.longshore.apiserver.audit;

/// A policy, a flag or a file of the audit log that makes no sense; the message says what.
public final class AuditConfigException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /// For the reason `message`.
    public AuditConfigException(String message) {
        super(message);
    }

    /// For the reason `message`, which `cause` led to.
    public AuditConfigException(String message, Throwable cause) {
        super(message, cause);
    }
}
