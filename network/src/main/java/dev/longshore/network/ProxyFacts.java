package dev.longshore.network;

import dev.longshore.base.ClusterId;
import dev.longshore.network.view.ObjectName;
import dev.longshore.network.view.Range;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What the service rules depend on besides the services.
///
/// @param node this node's name
/// @param pods the addresses of all pods of the cluster
/// @param services the addresses of all services
/// @param dnsAddress the service address at which pods ask for names
/// @param gateway this node's address on its bridge, where its name server listens, once it is known
/// @param hostPorts ports of this host that lead into pods
/// @param podAddresses of this node's pods
record ProxyFacts(
        ClusterId cluster,
        String node,
        Range pods,
        Range services,
        String dnsAddress,
        Optional<String> gateway,
        List<HostPort> hostPorts,
        Map<ObjectName, String> podAddresses) {

    ProxyFacts {
        hostPorts = List.copyOf(hostPorts);
        podAddresses = Map.copyOf(podAddresses);
    }

    ProxyFacts withGateway(String address) {
        return new ProxyFacts(cluster, node, pods, services, dnsAddress, Optional.of(address), hostPorts, podAddresses);
    }

    ProxyFacts withSandboxes(List<HostPort> ports, Map<ObjectName, String> addresses) {
        return new ProxyFacts(cluster, node, pods, services, dnsAddress, gateway, ports, addresses);
    }

    /// The table's name.
    String table() {
        return NetworkNames.table(cluster);
    }

    /// A port of this host that leads to a port of a pod.
    ///
    /// @param hostAddress empty for every address of the host
    record HostPort(Optional<String> hostAddress, String protocol, int port, EndpointChoice.Target target) {}
}
