package dev.longshore.apiserver;

import dev.longshore.model.Call;
import dev.longshore.model.Fault;
import dev.longshore.model.FaultException;
import dev.longshore.model.GroupVersionKind;
import dev.longshore.model.ManagedFields;
import dev.longshore.model.ResourceDefinition;
import dev.longshore.model.Subresource;
import java.util.Optional;
import java.util.function.Supplier;

/// A write that is under way.
///
/// @param subresource empty for the object itself
/// @param isTrusted true for writes from within the machine: no admission, no validation
/// @param manager to whom changed fields belong from now on; empty if the writer cares for that itself
/// @param terms what else the request says
record Write(
        ResourceDefinition definition,
        Call call,
        String subresource,
        boolean isTrusted,
        Optional<ManagedFields.Manager> manager,
        WriteTerms terms) {

    /// Of which nothing else is said.
    Write(
            ResourceDefinition definition,
            Call call,
            String subresource,
            boolean isTrusted,
            Optional<ManagedFields.Manager> manager) {
        this(definition, call, subresource, isTrusted, manager, WriteTerms.NONE);
    }

    /// The same write, by which changed fields belong to `owner`.
    Write by(ManagedFields.Manager owner) {
        return new Write(definition, call, subresource, isTrusted, Optional.of(owner), terms);
    }

    /// The same write, by which fields change owners in no other way than the writer's own.
    Write byNobody() {
        return new Write(definition, call, subresource, isTrusted, Optional.empty(), terms);
    }

    /// The same write, of the Scale of an object, whose owners the writer cares for itself.
    Write seenAs(Scales scales) {
        return new Write(definition, call, subresource, isTrusted, Optional.empty(), terms.seenAs(scales));
    }

    /// The kind of what is sent and answered.
    GroupVersionKind kind() {
        return subresource.isEmpty()
                ? definition.kind()
                : definition.subresource(subresource).map(Subresource::kind).orElseGet(definition::kind);
    }

    /// What the store is asked, whose time an audit tells of slow requests.
    <T> T timed(Supplier<T> asked) {
        return call.notes().timed("etcd", asked);
    }

    FaultException notFound(String name) {
        return new FaultException(new Fault.NotFound(definition.resource(), name));
    }

    FaultException conflict(String name, String detail) {
        return new FaultException(new Fault.Conflict(definition.resource(), name, detail));
    }
}
