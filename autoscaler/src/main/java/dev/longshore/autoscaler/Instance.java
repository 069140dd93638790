package dev.longshore.autoscaler;

import java.util.Optional;

/// A node as its provider knows it.
///
/// @param name under which it registers as a Node
/// @param failure why it cannot be made; present only while it is [State#CREATING]
public record Instance(String name, State state, Optional<Failure> failure) {

    /// How far it is.
    public enum State {
        /// Being made; no Node yet, or not for long.
        CREATING,
        /// There.
        RUNNING,
        /// On its way out.
        DELETING
    }

    /// Why an instance cannot be made.
    ///
    /// @param code one word, as `QUOTA_EXCEEDED`
    public record Failure(String code, String message) {}

    /// One that nothing is wrong with.
    public Instance(String name, State state) {
        this(name, state, Optional.empty());
    }
}
