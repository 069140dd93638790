package dev.longshore.model;

import java.util.List;
import java.util.Optional;

/// A rule that a write must pass, whatever its kind. The machine calls [#mutate] of all in their order, all of them
/// once more if one of them asks for it ([AdmissionRounds]); then, after defaulting and validation, [#validate] of all,
/// which see what will be stored. Thread-safe; may block until the call's deadline.
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

    /// What it has counted, for `/metrics`.
    default List<MetricFamily> metrics() {
        return List.of();
    }

    /// A write that is under way.
    ///
    /// @param resource what the request's path names
    /// @param kind of `object` and `old`: below an object not always its own (Scale, Eviction, PodExecOptions)
    /// @param subresource empty for the object itself
    /// @param name as the request says it: empty for names yet to be made, and where many are deleted at once
    /// @param object what shall be stored, or what a connection is asked to be; empty for deletions
    /// @param old what is stored now; empty for creations and connections
    /// @param setting what else is known of it
    record Attempt(
            Call call,
            Operation operation,
            GroupResource resource,
            GroupVersionKind kind,
            String subresource,
            String namespace,
            String name,
            Optional<Resource> object,
            Optional<Resource> old,
            AdmissionSetting setting) {

        /// One of which nothing else is known.
        public Attempt(
                Call call,
                Operation operation,
                GroupResource resource,
                GroupVersionKind kind,
                String subresource,
                String namespace,
                String name,
                Optional<Resource> object,
                Optional<Resource> old) {
            this(
                    call,
                    operation,
                    resource,
                    kind,
                    subresource,
                    namespace,
                    name,
                    object,
                    old,
                    AdmissionSetting.unknown(kind.version()));
        }

        /// The resource in the version that the request's path names.
        public GroupVersionResource requested() {
            return new GroupVersionResource(resource.group(), setting.version(), resource.resource());
        }
    }

    /// What is done.
    enum Operation {
        CREATE,
        UPDATE,
        DELETE,
        CONNECT
    }
}
