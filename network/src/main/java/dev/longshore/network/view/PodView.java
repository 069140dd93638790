package dev.longshore.network.view;

import java.util.List;
import java.util.Map;

/// What policies must know of a pod.
///
/// @param address empty as long as it has none of its own
/// @param ports the containers' named ports
public record PodView(ObjectName name, String address, String node, Map<String, String> labels, List<Port> ports) {

    public PodView {
        labels = Map.copyOf(labels);
        ports = List.copyOf(ports);
    }

    /// The same with another address.
    public PodView withAddress(String now) {
        return new PodView(name, now, node, labels, ports);
    }

    /// A named port.
    public record Port(String name, String protocol, int port) {}
}
