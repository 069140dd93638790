package dev.longshore.apiserver;

import dev.longshore.apiserver.objects.StoredObject;
import dev.longshore.model.Admission;
import dev.longshore.model.Cause;
import dev.longshore.model.Fault;
import dev.longshore.model.FaultException;
import dev.longshore.model.GroupVersionKind;
import dev.longshore.model.ManagedFields;
import dev.longshore.model.MetadataRules;
import dev.longshore.model.Reach;
import dev.longshore.model.Resource;
import dev.longshore.model.ResourceDefinition;
import dev.longshore.model.Strategy;
import dev.longshore.store.Key;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.UnaryOperator;
import tools.jackson.databind.JsonNode;

/// Changes objects: reads, changes, checks, writes if nobody was quicker, else again.
final class Update {

    private static final int ATTEMPTS = 64;

    private final Machine machine;

    Update(Machine machine) {
        this.machine = machine;
    }

    /// Which rules a change follows.
    sealed interface Mode {
        /// The kind's own, or those of a part of it.
        record Whole(Strategy strategy) implements Mode {}

        /// Those of the status.
        record Status(Strategy strategy) implements Mode {}

        /// None: what comes is stored.
        record Raw(Strategy strategy) implements Mode {}

        Strategy strategy();

        /// What a write of this kind can own.
        default Reach reach() {
            return switch (this) {
                case Status(Strategy strategy) -> strategy.statusReach();
                case Whole(Strategy strategy) -> strategy.reach();
                case Raw _ -> Reach.ALL;
            };
        }
    }

    /// Changes one object.
    ///
    /// @param change gets a copy and returns what shall be stored; with the resourceVersion that it is based
    /// on, or none
    /// @throws FaultException with [Fault.NotFound] or [Fault.Conflict]
    Resource update(Write write, Mode mode, String namespace, String name, UnaryOperator<Resource> change) {
        Key key = Versions.keys(write.definition()).object(namespace, name);
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            StoredObject current = write.timed(() -> machine.objects.get(key)).orElseThrow(() -> write.notFound(name));
            Resource old = Versions.served(write.definition(), current);
            Resource wanted = change.apply(old.copy());
            boolean isBased = !wanted.resourceVersion().isEmpty();
            if (isBased && !wanted.resourceVersion().equals(old.resourceVersion())) {
                throw write.conflict(name, Fault.Conflict.MODIFIED);
            }
            Optional<Resource> stored = attempt(write, mode, key, current, wanted, old);
            if (stored.isPresent()) {
                return stored.get();
            }
        }
        throw write.conflict(name, Fault.Conflict.MODIFIED);
    }

    /// Empty if somebody was quicker.
    private Optional<Resource> attempt(
            Write write, Mode mode, Key key, StoredObject current, Resource wanted, Resource old) {
        var admittance = new Admittance(machine, write);
        Optional<Resource> stored = Optional.empty();
        try {
            Resource prepared = prepare(write, mode, wanted, old, admittance);
            stored = write.call().dryRun() ? Optional.of(prepared) : store(write, key, current, prepared, old);
        } finally {
            admittance.end(stored.isPresent());
        }
        return stored;
    }

    private Resource prepare(Write write, Mode mode, Resource object, Resource old, Admittance admittance) {
        keepOwn(write, object, old);
        Strategy strategy = mode.strategy();
        if (mode instanceof Mode.Raw) {
            return counted(write.definition().strategy(), object, old);
        }
        if (!write.isTrusted()
                && object.resourceVersion().isEmpty()
                && !strategy.allowsUnconditionalUpdate()
                && (write.subresource().isEmpty() || mode instanceof Mode.Status)) {
            throw baseless(write, old);
        }
        write.definition().strategy().applyDefaults(object);
        machine.owners.changed(write, mode.reach(), old, object);
        boolean hasUnknown = admittance.change(subject(object, old));
        RepeatedOwners.mergeAdmitted(object, write.call().warnings());
        Tidiness.tidy(object);
        switch (mode) {
            case Mode.Status _ -> strategy.prepareForStatusUpdate(write.call(), object, old);
            case Mode.Whole _, Mode.Raw _ -> strategy.prepareForUpdate(write.call(), object, old);
        }
        Resource counted = counted(write.definition().strategy(), object, old);
        if (!write.isTrusted()) {
            check(write, mode, counted, old);
            write.call().warnings().addAll(strategy.changeWarnings(counted, old));
            admittance.check(subject(counted, old));
        }
        if (hasUnknown) {
            admittance.drop(counted);
        }
        return counted;
    }

    /// Puts back what is the machine's own, and refuses to take one object for another.
    private static void keepOwn(Write write, Resource object, Resource old) {
        if (!object.uid().isEmpty() && !object.uid().equals(old.uid())) {
            throw write.conflict(
                    old.name(),
                    "Precondition failed: UID in precondition: %s, UID in object meta: %s"
                            .formatted(object.uid(), old.uid()));
        }
        // What a client adds to the times of deletion is not dropped but refused, by MetadataRules.
        for (String field : List.of(
                "uid",
                "creationTimestamp",
                "generation",
                "deletionTimestamp",
                "deletionGracePeriodSeconds",
                "selfLink")) {
            JsonNode before = old.metadata().get(field);
            if (before == null && field.startsWith("deletion")) {
                continue;
            }
            if (before == null) {
                object.metadata().remove(field);
            } else {
                object.metadata().set(field, before);
            }
        }
        if (object.namespace().isEmpty() && !old.namespace().isEmpty()) {
            object.metadata().put("namespace", old.namespace());
        }
    }

    /// A copy with the next generation, if it is one.
    private static Resource counted(Strategy strategy, Resource object, Resource old) {
        Resource plain = object.plain();
        if (strategy.isNewGeneration(plain, old)) {
            plain.metadata().put("generation", old.generation() + 1);
        }
        return plain;
    }

    private static void check(Write write, Mode mode, Resource object, Resource old) {
        ResourceDefinition definition = write.definition();
        var causes = new ArrayList<Cause>(
                MetadataRules.check(object, definition.strategy().nameRule(), definition.namespaced()));
        causes.addAll(MetadataRules.checkUpdate(object, old));
        causes.addAll(
                mode instanceof Mode.Status
                        ? mode.strategy().validateStatusUpdate(write.call(), object, old)
                        : mode.strategy().validateUpdate(write.call(), object, old));
        if (!causes.isEmpty()) {
            throw invalid(write, old, causes);
        }
    }

    private static FaultException invalid(Write write, Resource old, List<Cause> causes) {
        return new FaultException(new Fault.Invalid(write.definition().kind(), old.name(), causes));
    }

    /// Unlike other refusals it names the resource where the kind would stand.
    private static FaultException baseless(Write write, Resource old) {
        GroupVersionKind kind = write.definition().kind();
        var named = new GroupVersionKind(
                kind.group(), kind.version(), write.definition().names().plural());
        return new FaultException(new Fault.Invalid(
                named,
                old.name(),
                List.of(Cause.invalid("metadata.resourceVersion", "0", "must be specified for an update"))));
    }

    private static Admittance.Subject subject(Resource object, Resource old) {
        return new Admittance.Subject(
                Admission.Operation.UPDATE, old.namespace(), old.name(), Optional.of(object), Optional.of(old));
    }

    /// Empty if somebody was quicker.
    private Optional<Resource> store(Write write, Key key, StoredObject current, Resource object, Resource old) {
        ResourceDefinition definition = write.definition();
        if (isComplete(definition, object)) {
            if (write.timed(() -> machine.objects.delete(key, current.revision()))
                    .isEmpty()) {
                return Optional.empty();
            }
            definition.strategy().afterDelete(machine.registry, object);
            return Optional.of(object);
        }
        if (ManagedFields.sameButTimes(object, old) && !machine.isStale(key)) {
            return Optional.of(old);
        }
        var reservation = definition.strategy().reserve(write.call(), machine.registry, object, Optional.of(old));
        OptionalLong revision = OptionalLong.empty();
        try {
            byte[] bytes = Versions.stored(definition, object);
            revision = write.timed(
                    () -> machine.objects.replace(key, current.revision(), bytes, machine.lease(definition)));
        } finally {
            if (revision.isPresent()) {
                reservation.settle();
            } else {
                reservation.release();
            }
        }
        if (revision.isEmpty()) {
            return Optional.empty();
        }
        object.metadata().put("resourceVersion", Long.toString(revision.getAsLong()));
        return Optional.of(object);
    }

    /// True if nothing keeps a dying object any more.
    static boolean isComplete(ResourceDefinition definition, Resource object) {
        return object.isTerminating()
                && MetadataRules.finalizers(object).isEmpty()
                && !definition.strategy().isKept(object)
                && object.at("metadata", "deletionGracePeriodSeconds").asLong(0) == 0;
    }
}
