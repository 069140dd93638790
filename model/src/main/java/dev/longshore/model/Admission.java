package dev.longshore.model;

import java.util.Optional;

/// A rule that a write must pass, whatever its kind. The machine calls [#mutate] of all in their order, then,
/// after defaulting and validation, [#validate] of all. Thread-safe; may block briefly.
public interface Admission {

    /// The plugin's name, as Kubernetes has it.
    String name();

    /// May change `attempt.object()` in place.
    ///
    /// @throws FaultException to refuse
    default void mutate(Attempt attempt, Registry registry) {}

    /// May only refuse.
    ///
    /// @throws FaultException to refuse
    default void validate(Attempt attempt, Registry registry) {}

    /// A write that is under way.
    ///
    /// @param object what shall be stored; empty for deletions and connections
    /// @param old what is stored now; empty for creations
    record Attempt(
            Call call,
            Operation operation,
            GroupResource resource,
            GroupVersionKind kind,
            String subresource,
            String namespace,
            String name,
            Optional<Resource> object,
            Optional<Resource> old) {}

    /// What is done.
    enum Operation {
        CREATE,
        UPDATE,
        DELETE,
        CONNECT
    }
}
