package dev.longshore.network.view;

import java.util.List;
import java.util.Optional;

/// What the node's network must know of an EndpointSlice of IPv4 addresses.
///
/// @param service the service it belongs to
public record SliceView(ObjectName name, ObjectName service, List<Port> ports, List<Endpoint> endpoints) {

    public SliceView {
        ports = List.copyOf(ports);
        endpoints = List.copyOf(endpoints);
    }

    /// A port that every endpoint of the slice has.
    public record Port(String name, String protocol, int port) {}

    /// One address behind the service.
    ///
    /// @param node where it runs, if known
    public record Endpoint(
            String address,
            boolean ready,
            boolean serving,
            boolean terminating,
            Optional<String> node,
            Optional<String> hostname) {

        /// A ready endpoint.
        public static Endpoint ready(String address, String node) {
            return new Endpoint(address, true, true, false, Optional.of(node), Optional.empty());
        }

        /// Whether it still answers though its pod is on the way out: the last resort when nothing is ready.
        public boolean isServingTerminating() {
            return serving && terminating;
        }
    }
}
