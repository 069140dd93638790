package dev.longshore.network;

import dev.longshore.runtime.SandboxSpec.PortMapping;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Who has which ports of the host: pods and the Docker engine's containers share them, and none is given twice.
/// What the kernel leads on needs no socket, so nothing else would tell. Thread-safe.
public final class HostPorts {

    private final Map<String, List<Port>> byOwner = new HashMap<>();

    /// A port of the host.
    ///
    /// @param address empty for every IPv4 address, `::` for every IPv6 address
    /// @param protocol `tcp`, `udp` or `sctp`
    public record Port(String address, int number, String protocol) {

        /// Whether a packet could be meant for both.
        public boolean meets(Port other) {
            return number == other.number
                    && protocol.equalsIgnoreCase(other.protocol)
                    && isSix() == other.isSix()
                    && (isEverywhere() || other.isEverywhere() || address.equals(other.address));
        }

        private boolean isSix() {
            return address.contains(":");
        }

        private boolean isEverywhere() {
            return address.isEmpty() || address.equals("0.0.0.0") || address.equals("::");
        }

        static Port of(PortMapping mapping) {
            return new Port(mapping.hostIp().orElse(""), mapping.hostPort(), mapping.protocol());
        }
    }

    /// Gives all of `ports` to `owner`, in place of those it had, or none of them.
    ///
    /// @return who has one of them; empty when `owner` has them all now
    public synchronized Optional<String> take(String owner, List<Port> ports) {
        Optional<String> other =
                ports.stream().flatMap(port -> ownerOf(port, owner).stream()).findFirst();
        if (other.isEmpty()) {
            give(owner, ports);
        }
        return other;
    }

    /// Who but `owner` has a port that meets `port`.
    public synchronized Optional<String> ownerOf(Port port, String owner) {
        return byOwner.entrySet().stream()
                .filter(entry -> !entry.getKey().equals(owner))
                .filter(entry -> entry.getValue().stream().anyMatch(port::meets))
                .map(Map.Entry::getKey)
                .findFirst();
    }

    /// Notes what `owner` has had since before this program began, whoever else has it.
    public synchronized void give(String owner, List<Port> ports) {
        if (ports.isEmpty()) {
            byOwner.remove(owner);
        } else {
            byOwner.put(owner, List.copyOf(ports));
        }
    }

    /// Takes back all that `owner` has. Idempotent.
    public synchronized void release(String owner) {
        byOwner.remove(owner);
    }
}
