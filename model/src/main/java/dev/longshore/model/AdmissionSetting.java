package dev.longshore.model;

import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// What stands around an [Admission.Attempt]: nothing of it is made before it is asked for. Of one attempt, and for
/// one thread.
public interface AdmissionSetting {

    /// The resource's version that the request's path names.
    String version();

    /// The operation's `CreateOptions`, `UpdateOptions` or `DeleteOptions`; empty for connections.
    Optional<ObjectNode> options();

    /// The other versions, of whatever group, in which the same objects (and what is below them) are served.
    List<View> equivalents();

    /// `object`, an object of the attempt, as one of `kind`: a copy, or the very object if it is of that kind.
    ///
    /// @throws FaultException if it cannot be converted
    Resource as(Resource object, GroupVersionKind kind);

    /// Makes an object of `kind`, which came from outside, what a client's would be: unknown fields go (of
    /// custom resources not before they are stored), defaults are filled in. In place.
    ///
    /// @return the paths of what went
    /// @throws FaultException if it is none
    List<String> settle(Resource object, GroupVersionKind kind);

    /// `object` with all that `applied`, a part of an object of its kind, says: see [ApplyMerge].
    ///
    /// @throws FaultException if the kind's shape is not known
    default ObjectNode merge(Resource object, ObjectNode applied) throws ApplyMerge.Refused {
        throw unknown(object.kind());
    }

    /// Says that a kind is not known, or not yet.
    static FaultException unknown(GroupVersionKind kind) {
        return new FaultException(new Fault.Unavailable("Resource kind " + kind
                + " not found. There can be a delay between when CustomResourceDefinitions are created and when they are"
                + " available."));
    }

    /// The rounds of mutation.
    AdmissionRounds rounds();

    /// Has `ending` called once the write is over. False if nobody will.
    default boolean atEnd(Ending ending) {
        return false;
    }

    /// What a rule does when a write that it let pass is over.
    @FunctionalInterface
    interface Ending {
        /// @param isStored false if the write came to nothing after all: another rule refused it, or somebody was
        /// quicker
        void ended(boolean isStored);
    }

    /// A resource in a version, and what is sent and answered there.
    record View(GroupVersionResource resource, GroupVersionKind kind) {}

    /// Knows the version alone.
    static AdmissionSetting unknown(String version) {
        return new AdmissionSetting() {
            private final AdmissionRounds rounds = new AdmissionRounds();

            @Override
            public String version() {
                return version;
            }

            @Override
            public Optional<ObjectNode> options() {
                return Optional.empty();
            }

            @Override
            public List<View> equivalents() {
                return List.of();
            }

            @Override
            public Resource as(Resource object, GroupVersionKind kind) {
                return object;
            }

            @Override
            public List<String> settle(Resource object, GroupVersionKind kind) {
                return List.of();
            }

            @Override
            public AdmissionRounds rounds() {
                return rounds;
            }
        };
    }
}
