package dev.longshore.apiserver.audit;

import java.util.Optional;

/// When in a request's life an event is told.
public enum AuditStage {
    /// As soon as we know who asks.
    REQUEST_RECEIVED("RequestReceived"),
    /// The head of the answer goes out; only of requests that stay open.
    RESPONSE_STARTED("ResponseStarted"),
    /// The answer is complete.
    RESPONSE_COMPLETE("ResponseComplete"),
    /// A mistake of the server's ended it.
    PANIC("Panic");

    private final String text;

    AuditStage(String text) {
        this.text = text;
    }

    /// As policies and events spell it.
    public String text() {
        return text;
    }

    static Optional<AuditStage> of(String text) {
        for (AuditStage stage : values()) {
            if (stage.text.equals(text)) {
                return Optional.of(stage);
            }
        }
        return Optional.empty();
    }
}
