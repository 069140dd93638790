package dev.longshore.apiserver;

import dev.longshore.model.Admission;
import dev.longshore.model.Cause;
import dev.longshore.model.Fault;
import dev.longshore.model.FaultException;
import dev.longshore.model.MetadataRules;
import dev.longshore.model.Resource;
import dev.longshore.model.ResourceDefinition;
import dev.longshore.model.Strategy;
import dev.longshore.model.Times;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import tools.jackson.databind.node.ObjectNode;

/// Stores new objects.
final class Creation {

    private static final int NAME_ATTEMPTS = 8;

    private final Machine machine;

    Creation(Machine machine) {
        this.machine = machine;
    }

    /// Stores `object` in `namespace`; returns it as it is stored.
    Resource create(Write write, String namespace, Resource object) {
        if (!object.resourceVersion().isEmpty()) {
            throw new FaultException(
                    new Fault.BadRequest("resourceVersion should not be set on objects to be created"));
        }
        boolean isGenerated = object.name().isEmpty()
                && !object.text("metadata", "generateName").isEmpty();
        for (int attempt = 1; ; attempt++) {
            Resource candidate = object.copy();
            Optional<Resource> stored = attempt(write, namespace, candidate);
            if (stored.isPresent()) {
                return stored.get();
            }
            if (!isGenerated || attempt == NAME_ATTEMPTS) {
                throw new FaultException(
                        new Fault.AlreadyExists(write.definition().resource(), candidate.name()));
            }
        }
    }

    /// Empty if the name is taken.
    private Optional<Resource> attempt(Write write, String namespace, Resource object) {
        ResourceDefinition definition = write.definition();
        Strategy strategy = definition.strategy();
        placeIn(definition, namespace, object);
        wipe(object);
        strategy.applyDefaults(object);
        machine.owners.created(write, object);
        var admittance = new Admittance(machine, write);
        boolean hasUnknown = admittance.change(subject(namespace, object));
        RepeatedOwners.mergeAdmitted(object, write.call().warnings());
        // What the rules of admission have changed must be in place as well.
        placeIn(definition, namespace, object);
        wipe(object);
        identify(object);
        Tidiness.tidy(object);
        strategy.prepareForCreate(write.call(), object);
        if (strategy.isNewGeneration(object, Resource.of(definition.kind(), namespace, object.name()))) {
            object.metadata().put("generation", 1);
        }
        Optional<Resource> stored = Optional.empty();
        try {
            if (!write.isTrusted()) {
                check(write, object);
                write.call().warnings().addAll(strategy.warnings(object));
                admittance.check(subject(namespace, object));
            }
            if (hasUnknown) {
                admittance.drop(object);
            }
            stored = write.call().dryRun() ? pretend(definition, object) : store(write, object);
        } finally {
            admittance.end(stored.isPresent());
        }
        return stored;
    }

    private static Admittance.Subject subject(String namespace, Resource object) {
        return new Admittance.Subject(
                Admission.Operation.CREATE, namespace, object.name(), Optional.of(object), Optional.empty());
    }

    static void placeIn(ResourceDefinition definition, String namespace, Resource object) {
        if (!definition.namespaced()) {
            return;
        }
        if (object.namespace().isEmpty()) {
            object.metadata().put("namespace", namespace);
        } else if (!object.namespace().equals(namespace)) {
            throw new FaultException(new Fault.BadRequest(
                    "the namespace of the provided object does not match the namespace sent on the request"));
        }
    }

    /// Drops what is not for clients to say.
    private static void wipe(Resource object) {
        for (String own : List.of(
                "uid",
                "creationTimestamp",
                "deletionTimestamp",
                "deletionGracePeriodSeconds",
                "generation",
                "selfLink")) {
            object.metadata().remove(own);
        }
    }

    private void identify(Resource object) {
        ObjectNode metadata = object.metadata();
        metadata.put("uid", UUID.randomUUID().toString());
        metadata.put("creationTimestamp", Times.print(machine.time.now()));
        String base = object.text("metadata", "generateName");
        if (object.name().isEmpty() && !base.isEmpty()) {
            metadata.put("name", MetadataRules.generateName(base, machine.randomness));
        }
    }

    private static void check(Write write, Resource object) {
        ResourceDefinition definition = write.definition();
        var causes = new ArrayList<Cause>(
                MetadataRules.check(object, definition.strategy().nameRule(), definition.namespaced()));
        causes.addAll(definition.strategy().validate(write.call(), object));
        if (!causes.isEmpty()) {
            throw new FaultException(new Fault.Invalid(definition.kind(), object.name(), causes));
        }
    }

    private Optional<Resource> pretend(ResourceDefinition definition, Resource object) {
        var key = Versions.keys(definition).object(object.namespace(), object.name());
        return machine.objects.get(key).isPresent() ? Optional.empty() : Optional.of(object);
    }

    private Optional<Resource> store(Write write, Resource object) {
        ResourceDefinition definition = write.definition();
        var reservation = definition.strategy().reserve(write.call(), machine.registry, object, Optional.empty());
        OptionalLong revision = OptionalLong.empty();
        try {
            var key = Versions.keys(definition).object(object.namespace(), object.name());
            byte[] bytes = Versions.stored(definition, object);
            revision = write.timed(() -> machine.objects.create(key, bytes, machine.lease(definition)));
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
}
