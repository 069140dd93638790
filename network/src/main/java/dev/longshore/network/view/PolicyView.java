package dev.longshore.network.view;

import java.util.List;
import java.util.Optional;

/// What the node's network must know of a NetworkPolicy.
///
/// @param pods which pods of its namespace it is about
/// @param ingress what may come in; empty when it says nothing of that, an empty list when nothing may
/// @param egress the same for what goes out
public record PolicyView(ObjectName name, Selector pods, Optional<List<Rule>> ingress, Optional<List<Rule>> egress) {

    /// Lets in or out what matches one of `peers` and one of `ports`; an empty list matches all.
    public record Rule(List<Peer> peers, List<Port> ports) {
        public Rule {
            peers = List.copyOf(peers);
            ports = List.copyOf(ports);
        }
    }

    /// The other side.
    public sealed interface Peer {}

    /// Pods by their labels.
    ///
    /// @param namespaces in which namespaces; empty for the policy's own
    public record Pods(Optional<Selector> namespaces, Selector pods) implements Peer {}

    /// A range of addresses but for parts of it.
    public record Block(Range range, List<Range> except) implements Peer {
        public Block {
            except = List.copyOf(except);
        }
    }

    /// Ports of the side that is connected to.
    ///
    /// @param first 0 for all ports of the protocol, or when there is a name
    /// @param name of a container's port; empty when it is numbers
    public record Port(String protocol, int first, int last, String name) {}
}
