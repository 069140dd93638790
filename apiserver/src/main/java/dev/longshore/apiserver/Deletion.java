package dev.longshore.apiserver;

import dev.longshore.apiserver.objects.StoredObject;
import dev.longshore.model.Admission;
import dev.longshore.model.MetadataRules;
import dev.longshore.model.Resource;
import dev.longshore.model.ResourceDefinition;
import dev.longshore.model.Strategy;
import dev.longshore.model.Times;
import dev.longshore.store.Key;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Deletes objects: at once when nothing keeps them, else by marking them as dying.
final class Deletion {

    private static final String ORPHAN = "orphan";
    private static final String FOREGROUND = "foregroundDeletion";
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
            StoredObject current = machine.objects.get(key).orElseThrow(() -> write.notFound(name));
            Optional<Outcome> outcome = attempt(write, key, current, options);
            if (outcome.isPresent()) {
                return outcome.get();
            }
        }
        throw write.conflict(name, dev.longshore.model.Fault.Conflict.MODIFIED);
    }

    /// Empty if somebody changed it meanwhile.
    private Optional<Outcome> attempt(Write write, Key key, StoredObject current, DeleteOptions options) {
        ResourceDefinition definition = write.definition();
        Resource object = Versions.served(definition, current);
        checkPreconditions(write, object, options);
        var admitted = write.attempt(
                Admission.Operation.DELETE,
                object.namespace(),
                object.name(),
                Optional.empty(),
                Optional.of(object.copy()));
        write.mutate(machine, admitted);
        write.validate(machine, admitted);
        Resource before = object.copy();
        finalizers(definition, object, options);
        Optional<Duration> grace = definition.strategy().gracePeriod(object, options.gracePeriod());
        boolean isKept = grace.isPresent()
                || !MetadataRules.finalizers(object).isEmpty()
                || definition.strategy().isKept(object);
        if (write.call().dryRun()) {
            return Optional.of(new Outcome(object, !isKept));
        }
        return isKept
                ? mark(definition, key, current, object, before, grace.orElse(Duration.ZERO))
                : remove(definition, key, current, object);
    }

    private Optional<Outcome> remove(ResourceDefinition definition, Key key, StoredObject current, Resource object) {
        OptionalLong revision = machine.objects.delete(key, current.revision());
        if (revision.isEmpty()) {
            return Optional.empty();
        }
        definition.strategy().afterDelete(machine.registry, object);
        object.metadata().put("resourceVersion", Long.toString(revision.getAsLong()));
        return Optional.of(new Outcome(object, true));
    }

    /// A grace period may be cut short, never prolonged.
    private Optional<Outcome> mark(
            ResourceDefinition definition,
            Key key,
            StoredObject current,
            Resource object,
            Resource before,
            Duration grace) {
        ObjectNode metadata = object.metadata();
        boolean isFirst = !before.isTerminating();
        long agreed = metadata.path("deletionGracePeriodSeconds").asLong(Long.MAX_VALUE);
        if (isFirst || grace.toSeconds() < agreed) {
            metadata.put("deletionTimestamp", Times.print(machine.time.now().plus(grace)));
            metadata.put("deletionGracePeriodSeconds", grace.toSeconds());
        }
        if (isFirst) {
            definition.strategy().prepareForDelete(object);
            if (object.generation() > 0) {
                metadata.put("generation", object.generation() + 1);
            }
        }
        if (Resource.parse(object.bytes()).equals(before)) {
            return Optional.of(new Outcome(object, false));
        }
        OptionalLong revision = machine.objects.replace(key, current.revision(), Versions.stored(definition, object));
        if (revision.isEmpty()) {
            return Optional.empty();
        }
        metadata.put("resourceVersion", Long.toString(revision.getAsLong()));
        return Optional.of(new Outcome(object, false));
    }

    private static void checkPreconditions(Write write, Resource object, DeleteOptions options) {
        options.uid().filter(uid -> !uid.equals(object.uid())).ifPresent(uid -> {
            throw write.conflict(
                    object.name(),
                    "Precondition failed: UID in precondition: %s, UID in object meta: %s"
                            .formatted(uid, object.uid()));
        });
        options.resourceVersion()
                .filter(version -> !version.equals(object.resourceVersion()))
                .ifPresent(version -> {
                    throw write.conflict(
                            object.name(),
                            "Precondition failed: ResourceVersion in precondition: %s, ResourceVersion in object meta: %s"
                                    .formatted(version, object.resourceVersion()));
                });
    }

    /// What shall happen to dependents is kept as a finalizer, by which the garbage collector finds its work.
    private static void finalizers(ResourceDefinition definition, Resource object, DeleteOptions options) {
        List<String> before = MetadataRules.finalizers(object);
        boolean isUndecided = options.propagation().isEmpty();
        if (isUndecided && (before.contains(ORPHAN) || before.contains(FOREGROUND))) {
            return;
        }
        Strategy.Propagation propagation =
                options.propagation().orElseGet(() -> definition.strategy().defaultPropagation());
        var after = new ArrayList<>(before);
        after.removeAll(List.of(ORPHAN, FOREGROUND));
        switch (propagation) {
            case ORPHAN -> after.add(ORPHAN);
            case FOREGROUND -> after.add(FOREGROUND);
            case BACKGROUND -> {}
        }
        if (!after.equals(before)) {
            ArrayNode list = object.metadata().putArray("finalizers");
            after.forEach(list::add);
            if (after.isEmpty()) {
                object.metadata().remove("finalizers");
            }
        }
    }
}
