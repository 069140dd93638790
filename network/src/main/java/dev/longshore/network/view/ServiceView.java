package dev.longshore.network.view;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// What the node's network must know of a Service.
///
/// @param addresses its IPv4 cluster addresses; empty when it is headless or an alias
/// @param externalAddresses external IPs, and the addresses of its load balancer
/// @param guard who may come to which of these
/// @param affinity how long a client stays with one endpoint, if it does
/// @param externalLocal whether traffic from outside goes to endpoints of the same node only
/// @param internalLocal the same for traffic from inside
/// @param alias the name an ExternalName service stands for
public record ServiceView(
        ObjectName name,
        List<String> addresses,
        List<String> externalAddresses,
        Guard guard,
        List<Port> ports,
        boolean headless,
        Optional<String> alias,
        Optional<Duration> affinity,
        boolean externalLocal,
        boolean internalLocal) {

    public ServiceView {
        addresses = List.copyOf(addresses);
        externalAddresses = List.copyOf(externalAddresses);
        ports = List.copyOf(ports);
    }

    /// Who may come to a load balancer: everybody, unless sources are named.
    ///
    /// @param addresses of the load balancer
    /// @param sources ranges of addresses
    public record Guard(List<String> addresses, List<Range> sources) {

        /// Nobody is kept away from anything.
        public static final Guard NONE = new Guard(List.of(), List.of());

        public Guard {
            addresses = List.copyOf(addresses);
            sources = List.copyOf(sources);
        }

        /// True if not everybody may come to `address`.
        public boolean keeps(String address) {
            return !sources.isEmpty() && addresses.contains(address);
        }
    }

    /// A port of a service.
    ///
    /// @param name empty for the only port
    /// @param protocol `tcp`, `udp` or `sctp`
    /// @param nodePort 0 when it has none
    public record Port(String name, String protocol, int port, int nodePort) {}
}
