package dev.longshore.model;

import java.util.List;
import java.util.Optional;

/// Where requests for a Service go, told to a machine that knows no Services. Thread-safe; blocks only to read the
/// registry.
public interface ServiceRouter {

    /// A port of a Service.
    record Destination(String namespace, String name, int port) {}

    /// Where somebody listens.
    ///
    /// @param host a name or an address
    record Address(String host, int port) {}

    /// Why a Service cannot be reached, in the words of a condition.
    record Obstacle(String reason, String message) {}

    /// The resources by whose objects routes are decided.
    List<GroupResource> sources();

    /// The name of the Service, in the object's own namespace, whose routes depend on `object`, an object of one of
    /// the [#sources]; empty if there is none.
    Optional<String> serviceOf(Resource object);

    /// What anybody can see to be in the way, without asking the Service itself.
    Optional<Obstacle> obstacle(Registry registry, Destination destination);

    /// One of the ready places behind `destination`, by chance.
    ///
    /// @throws FaultException when there is none
    Address resolve(Registry registry, Destination destination);
}
