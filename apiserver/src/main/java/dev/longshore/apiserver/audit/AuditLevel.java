package dev.longshore.apiserver.audit;

import java.util.Optional;

/// How much of a request is told. Each level tells all that the ones before it do.
public enum AuditLevel {
    /// Nothing.
    NONE("None"),
    /// Who, what, when, and what became of it.
    METADATA("Metadata"),
    /// And what was sent.
    REQUEST("Request"),
    /// And what was answered.
    REQUEST_RESPONSE("RequestResponse");

    private final String text;

    AuditLevel(String text) {
        this.text = text;
    }

    /// As policies and events spell it.
    public String text() {
        return text;
    }

    /// True if this tells at least what `other` does.
    public boolean covers(AuditLevel other) {
        return compareTo(other) >= 0;
    }

    static Optional<AuditLevel> of(String text) {
        for (AuditLevel level : values()) {
            if (level.text.equals(text)) {
                return Optional.of(level);
            }
        }
        return Optional.empty();
    }
}
