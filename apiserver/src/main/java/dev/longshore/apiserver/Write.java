package dev.longshore.apiserver;

import dev.longshore.model.Admission;
import dev.longshore.model.Call;
import dev.longshore.model.Fault;
import dev.longshore.model.FaultException;
import dev.longshore.model.ManagedFields;
import dev.longshore.model.Resource;
import dev.longshore.model.ResourceDefinition;
import java.util.Optional;

/// A write that is under way.
///
/// @param subresource empty for the object itself
/// @param isTrusted true for writes from within the machine: no admission, no validation
/// @param manager to whom changed fields belong from now on; empty if the writer cares for that itself
record Write(
        ResourceDefinition definition,
        Call call,
        String subresource,
        boolean isTrusted,
        Optional<ManagedFields.Manager> manager) {

    /// The same write, by which changed fields belong to `owner`.
    Write by(ManagedFields.Manager owner) {
        return new Write(definition, call, subresource, isTrusted, Optional.of(owner));
    }

    void mutate(Machine machine, Admission.Attempt attempt) {
        if (!isTrusted) {
            machine.admissions.forEach(admission -> admission.mutate(attempt, machine.registry));
        }
    }

    void validate(Machine machine, Admission.Attempt attempt) {
        if (!isTrusted) {
            machine.admissions.forEach(admission -> admission.validate(attempt, machine.registry));
        }
    }

    Admission.Attempt attempt(
            Admission.Operation operation,
            String namespace,
            String name,
            Optional<Resource> object,
            Optional<Resource> old) {
        return new Admission.Attempt(
                call, operation, definition.resource(), definition.kind(), subresource, namespace, name, object, old);
    }

    FaultException notFound(String name) {
        return new FaultException(new Fault.NotFound(definition.resource(), name));
    }

    FaultException conflict(String name, String detail) {
        return new FaultException(new Fault.Conflict(definition.resource(), name, detail));
    }
}
