package dev.longshore.model;

import java.util.List;
import java.util.Optional;

/// A resource that is served but not stored: reviews, bindings, component statuses. Thread-safe. By default
/// every verb is refused; the definition's verbs say which are there.
public interface VirtualResource {

    /// Answers a POST; the answer is sent with 201.
    default Resource create(Call call, Registry registry, String namespace, Resource object) {
        throw new FaultException(new Fault.MethodNotAllowed("create is not supported"));
    }

    /// One of them.
    default Optional<Resource> get(Call call, Registry registry, String namespace, String name) {
        return Optional.empty();
    }

    /// All of them.
    default List<Resource> list(Call call, Registry registry, String namespace) {
        return List.of();
    }

    /// Those that `labels` fit, at least: what is too much is left out by the caller.
    default List<Resource> list(Call call, Registry registry, String namespace, LabelSelector labels) {
        return list(call, registry, namespace);
    }
}
