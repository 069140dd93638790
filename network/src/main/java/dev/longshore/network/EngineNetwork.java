package dev.longshore.network;

import java.util.List;
import java.util.Map;

/// A network of the Docker Engine API as the host has it: a bridge of its own.
///
/// @param bridge its device, as [EngineBridges#deviceOf] names it
/// @param range its IPv4 addresses
/// @param gateway the host's own address in it
/// @param range6 its IPv6 addresses; empty for none
/// @param gateway6 the host's own address in that
/// @param isInternal whether nothing leads out of it or in
/// @param isIsolatedInside whether its containers cannot reach each other either
/// @param masquerades whether connections out of it show the host's address
public record EngineNetwork(
        String bridge,
        String range,
        String gateway,
        String range6,
        String gateway6,
        int mtu,
        boolean isInternal,
        boolean isIsolatedInside,
        boolean masquerades) {

    /// Whether it has IPv6 addresses.
    public boolean hasSix() {
        return !range6.isEmpty();
    }

    /// A port of the host that leads to a port of a container.
    ///
    /// @param hostAddress empty for every address of the host
    /// @param protocol `tcp`, `udp` or `sctp`
    /// @param containerAddress says by its family which addresses of the host are meant
    public record PublishedPort(
            String hostAddress, int hostPort, String protocol, String containerAddress, int containerPort) {}

    /// Who asks and who is known on one network.
    ///
    /// @param network any word that tells it from others, without blanks
    /// @param addresses of the container, of either family
    /// @param names under which the others on this network find it
    /// @param links names that only this one knows, to addresses
    public record Member(String network, List<String> addresses, List<String> names, Map<String, List<String>> links) {
        public Member {
            addresses = List.copyOf(addresses);
            names = List.copyOf(names);
            links = Map.copyOf(links);
        }
    }

    /// What one container gets on one network.
    ///
    /// @param device in the container, as `eth0`
    /// @param address with the prefix length, as `172.18.0.2/16`
    /// @param gateway of the default route; empty for none
    /// @param address6 with the prefix length; empty for none
    /// @param gateway6 of the IPv6 default route; empty for none
    /// @param settings kernel settings in the container's network, by their paths below /proc/sys
    public record Plug(
            String device,
            String address,
            String hardwareAddress,
            String gateway,
            String address6,
            String gateway6,
            Map<String, String> settings) {
        public Plug {
            settings = Map.copyOf(settings);
        }
    }
}
