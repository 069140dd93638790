package dev.longshore.model;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// What is special about writing one kind. The machine calls, for a create: [#applyDefaults] at decoding,
/// mutating admission, [#prepareForCreate], [#validate], validating admission, [#reserve], the store. For an
/// update: [#applyDefaults], mutating admission, [#prepareForUpdate], [#validateUpdate], validating admission,
/// [#reserve], the store; all of it again when the object changed meanwhile. The machine itself cares for
/// metadata, at creation before [#prepareForCreate] (name, uid, times, generation, managedFields, metadata's
/// validation). Stateless and thread-safe; methods that take a resource to prepare or to default change it in
/// place. Every method has a default that does nothing.
public interface Strategy {

    /// A strategy for kinds without any rule of their own.
    Strategy PLAIN = new Strategy() {};

    /// Fills in what the client left out, as the kind's version defines.
    default void applyDefaults(Resource object) {}

    /// Drops what clients may not set at creation (status), and sets initial values. Also where the generation
    /// is 1.
    default void prepareForCreate(Call call, Resource object) {
        object.tree().remove("status");
    }

    /// Puts back what this path may not change (status), before comparing for the generation.
    default void prepareForUpdate(Call call, Resource object, Resource old) {
        old.find("status")
                .ifPresentOrElse(
                        status -> putBack(object, "status", status),
                        () -> object.tree().remove("status"));
    }

    /// As [#prepareForUpdate], for the `status` subresource: by default all but status and metadata is put
    /// back.
    default void prepareForStatusUpdate(Call call, Resource object, Resource old) {
        for (var field : old.tree().properties()) {
            boolean isPart = field.getKey().equals("status") || field.getKey().equals("metadata");
            if (!isPart) {
                putBack(object, field.getKey(), field.getValue());
            }
        }
        if (object.find("status").isEmpty()) {
            object.tree().remove("status");
        }
    }

    /// Sets a field to what it was, as a copy: the old object stays what it is, whatever happens to the new one.
    private static void putBack(Resource object, String field, JsonNode before) {
        // Nearly always nobody touched it: looking costs less than copying.
        if (!before.equals(object.tree().get(field))) {
            object.tree().set(field, before.deepCopy());
        }
    }

    /// Every rule that the new object breaks.
    default List<Cause> validate(Call call, Resource object) {
        return List.of();
    }

    /// Every rule that the changed object, or the change, breaks.
    default List<Cause> validateUpdate(Call call, Resource object, Resource old) {
        return validate(call, object);
    }

    /// As [#validateUpdate], for the `status` subresource.
    default List<Cause> validateStatusUpdate(Call call, Resource object, Resource old) {
        return List.of();
    }

    /// True if a change from `old` to `object` counts as a new generation: by default any change outside
    /// metadata and status, for kinds that have a spec.
    default boolean isNewGeneration(Resource object, Resource old) {
        return !Scalars.sameBut(object.tree(), old.tree(), List.of("metadata", "status", "apiVersion", "kind"));
    }

    /// Takes what this write needs from shared stocks (addresses, ports, quota), writing it into `object`.
    /// Called directly before the store; the machine settles or releases it afterwards. Not called in a dry
    /// run.
    default Reservation reserve(Call call, Registry registry, Resource object, Optional<Resource> old) {
        return Reservation.NONE;
    }

    /// Gives back what the object held, after it is gone from the store.
    default void afterDelete(Registry registry, Resource object) {}

    /// Changes the object as its deletion begins (the phase of namespaces); called once, when it gets its
    /// deletionTimestamp.
    default void prepareForDelete(Resource object) {}

    /// True while something beside metadata.finalizers keeps a deleted object, as the spec.finalizers of
    /// namespaces. The machine then treats it as if it had finalizers.
    default boolean isKept(Resource object) {
        return false;
    }

    /// How long a deletion waits for the object's keeper (the kubelet) to finish; empty: the kind knows no grace.
    /// Zero still marks the object before it is removed, so that watchers see both.
    ///
    /// @param asked the client's gracePeriodSeconds
    default Optional<Duration> gracePeriod(Resource object, Optional<Duration> asked) {
        return Optional.empty();
    }

    /// What deletion does to dependents when the client does not say.
    default Propagation defaultPropagation() {
        return Propagation.BACKGROUND;
    }

    /// True if objects of this kind can own none (events): what the client wants for dependents is not looked at.
    default boolean ownsNothing() {
        return false;
    }

    /// Sentences that the client who deletes should read, given whether it said what becomes of dependents.
    default List<String> deletionWarnings(boolean saysPropagation) {
        return List.of();
    }

    /// How long an object stays after each write, before it goes by itself; empty: for ever.
    default Optional<Duration> timeToLive() {
        return Optional.empty();
    }

    /// What makes objects of this kind of what clients send, where the schema alone does not.
    default Optional<Cleaning> cleaning() {
        return Optional.empty();
    }

    /// What names look like; the machine checks them.
    default NameRule nameRule() {
        return NameRule.DNS_SUBDOMAIN;
    }

    /// True if PUT on a name that does not exist creates it.
    default boolean allowsCreateOnUpdate() {
        return false;
    }

    /// Whether updates without resourceVersion are taken.
    default boolean allowsUnconditionalUpdate() {
        return true;
    }

    /// Which fields a write of the object itself can own: by default all but the status.
    default Reach reach() {
        return Reach.allBut("status");
    }

    /// As [#reach], for the `status` subresource: by default all but the spec.
    default Reach statusReach() {
        return Reach.allBut("spec");
    }

    /// Whether a deletion answers with the object that is gone, rather than with a Status.
    default boolean showsDeleted() {
        return false;
    }

    /// Sentences that clients should read though the object is accepted (deprecated fields …).
    default List<String> warnings(Resource object) {
        return List.of();
    }

    /// As [#warnings], of a change.
    default List<String> changeWarnings(Resource object, Resource old) {
        return warnings(object);
    }

    /// A taking from shared stocks.
    interface Reservation {
        /// Nothing was taken.
        Reservation NONE = new Reservation() {};

        /// The write is stored.
        default void settle() {}

        /// The write failed.
        default void release() {}
    }

    /// Deletion's effect on dependents.
    enum Propagation {
        ORPHAN,
        BACKGROUND,
        FOREGROUND
    }
}
