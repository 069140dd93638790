package dev.longshore.model;

import java.util.function.Supplier;

/// Where whoever works on a request writes down what an audit of it shall tell. Thread-safe.
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

    /// A part of the work, `layer`, took so long. Of a request that was slow it is told.
    default void took(String layer, long nanos) {}

    /// Does `work`, which is a part of it.
    default <T> T timed(String layer, Supplier<T> work) {
        return work.get();
    }
}
