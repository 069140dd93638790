package dev.longshore.model;

/// Where the rules of admission write down what an audit of the request shall tell. Thread-safe.
@FunctionalInterface
public interface AuditNotes {

    /// Nobody keeps them.
    AuditNotes IGNORED = (level, key, value) -> {};

    /// From which level of detail on an audit tells a note.
    enum Level {
        METADATA,
        REQUEST
    }

    /// Notes `value` under `key`, which is a qualified name with a prefix (`webhook.example.com/why`). The first value
    /// of a key stays.
    void add(Level level, String key, String value);

    /// A note for every audit that tells anything.
    default void add(String key, String value) {
        add(Level.METADATA, key, value);
    }
}
