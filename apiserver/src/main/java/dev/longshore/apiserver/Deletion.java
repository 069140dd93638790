package dev.longshore.apiserver;

import dev.longshore.apiserver.objects.StoredObject;
import dev.longshore.model.Admission;
import dev.longshore.model.Fault;
import dev.longshore.model.FaultException;
import dev.longshore.model.GroupResource;
import dev.longshore.model.Resource;
import dev.longshore.model.ResourceDefinition;
import dev.longshore.store.Key;
import java.util.Optional;
import java.util.OptionalLong;

/// Deletes objects: at once when nothing keeps them, else by marking them as dying.
///
/// ```text
/// graceful kind (pods)   waits          marked, stays until its keeper deletes it with grace 0
///                        waits no more  marked, then removed: watchers see both
///                        already waits  nothing, unless the wait is cut short
/// any other kind         kept           marked with grace 0, stays until the last finalizer is taken off
///                        free           removed
/// ```
final class Deletion {

    private static final int ATTEMPTS = 64;

    private final Machine machine;

    Deletion(Machine machine) {
        this.machine = machine;
    }

    /// What became of it.
    ///
    /// @param object as it was last
    /// @param isGone false while something still keeps it
    record Outcome(Resource object, boolean isGone) {}

    Outcome delete(Write write, String namespace, String name, DeleteOptions options) {
        Key key = Versions.keys(write.definition()).object(namespace, name);
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            StoredObject current = write.timed(() -> machine.objects.get(key)).orElseThrow(() -> write.notFound(name));
            Optional<Outcome> outcome = attempt(write, key, current, options);
            if (outcome.isPresent()) {
                return outcome.get();
            }
        }
        throw write.conflict(name, Fault.Conflict.MODIFIED);
    }

    /// Empty if somebody changed it meanwhile.
    private Optional<Outcome> attempt(Write write, Key key, StoredObject current, DeleteOptions options) {
        ResourceDefinition definition = write.definition();
        Resource object = Versions.served(definition, current);
        checkPreconditions(definition, object, options);
        Optional<Resource> before = write.isTrusted() ? Optional.empty() : Optional.of(object.copy());
        Dying dying = new Dying(definition.strategy(), object, machine.time.now());
        Dying.Wait wait = dying.begin(options.gracePeriod());
        if (wait == Dying.Wait.PENDING) {
            return Optional.of(new Outcome(object, false));
        }
        before.ifPresent(old -> admit(write, old));
        dying.decideOnDependents(options.propagation());
        if (wait == Dying.Wait.NONE && !dying.isKept()) {
            return write.call().dryRun()
                    ? Optional.of(new Outcome(object, true))
                    : remove(write, key, current.revision(), object);
        }
        if (wait == Dying.Wait.NONE) {
            dying.markAtOnce();
        }
        boolean stays = wait == Dying.Wait.LASTING || dying.isKept();
        if (write.call().dryRun()) {
            if (!stays) {
                before.ifPresent(old -> admit(write, old));
            }
            return Optional.of(new Outcome(object, !stays));
        }
        Optional<Resource> marked = store(write, key, current, object);
        return stays || marked.isEmpty()
                ? marked.map(stored -> new Outcome(stored, false))
                : Optional.of(removeMarked(write, key, marked.get()));
    }

    private void admit(Write write, Resource old) {
        var subject = new Admittance.Subject(
                Admission.Operation.DELETE,
                old.namespace(),
                write.terms().isOfMany() ? "" : old.name(),
                Optional.empty(),
                Optional.of(old));
        var admittance = new Admittance(machine, write);
        admittance.change(subject);
        admittance.check(subject);
    }

    /// Removing is a deletion of its own, about which rules are asked once more: whoever refuses it leaves an
    /// object that is marked. If somebody was quicker, it was to remove it: marked objects that wait for
    /// nothing are changed no more.
    private Outcome removeMarked(Write write, Key key, Resource marked) {
        if (!write.isTrusted()) {
            admit(write, marked.copy());
        }
        return remove(write, key, Long.parseLong(marked.resourceVersion()), marked)
                .orElseGet(() -> new Outcome(marked, machine.objects.get(key).isEmpty()));
    }

    private Optional<Outcome> remove(Write write, Key key, long revision, Resource object) {
        OptionalLong deleted = write.timed(() -> machine.objects.delete(key, revision));
        if (deleted.isEmpty()) {
            return Optional.empty();
        }
        write.definition().strategy().afterDelete(machine.registry, object);
        object.metadata().put("resourceVersion", Long.toString(deleted.getAsLong()));
        return Optional.of(new Outcome(object, true));
    }

    /// Empty if somebody changed it meanwhile. What is marked already is not written again.
    private Optional<Resource> store(Write write, Key key, StoredObject current, Resource object) {
        ResourceDefinition definition = write.definition();
        if (Resource.parse(object.bytes()).equals(Versions.served(definition, current))) {
            return Optional.of(object);
        }
        byte[] bytes = Versions.stored(definition, object);
        OptionalLong revision =
                write.timed(() -> machine.objects.replace(key, current.revision(), bytes, machine.lease(definition)));
        if (revision.isEmpty()) {
            return Optional.empty();
        }
        object.metadata().put("resourceVersion", Long.toString(revision.getAsLong()));
        return Optional.of(object);
    }

    private static void checkPreconditions(ResourceDefinition definition, Resource object, DeleteOptions options) {
        // Kubernetes names the kind here, not the resource.
        var kind =
                new GroupResource(definition.kind().group(), definition.kind().kind());
        options.uid().filter(uid -> !uid.equals(object.uid())).ifPresent(uid -> {
            throw conflict(
                    kind,
                    object,
                    "the UID in the precondition (%s) does not match the UID in record (%s). The object might have been deleted and then recreated"
                            .formatted(uid, object.uid()));
        });
        options.resourceVersion()
                .filter(version -> !version.equals(object.resourceVersion()))
                .ifPresent(version -> {
                    throw conflict(
                            kind,
                            object,
                            "the ResourceVersion in the precondition (%s) does not match the ResourceVersion in record (%s). The object might have been modified"
                                    .formatted(version, object.resourceVersion()));
                });
    }

    private static FaultException conflict(GroupResource kind, Resource object, String detail) {
        return new FaultException(new Fault.Conflict(kind, object.name(), detail));
    }
}
