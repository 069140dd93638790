package dev.longshore.network;

import java.util.List;

/// A network of the Docker Engine API as the host has it: a bridge of its own.
///
/// @param bridge its device, as [EngineBridges#deviceOf] names it
/// @param range its addresses
/// @param gateway the host's own address in it
/// @param isInternal whether nothing leads out of it or in
/// @param isIsolatedInside whether its containers cannot reach each other either
/// @param masquerades whether connections out of it show the host's address
public record EngineNetwork(
        String bridge,
        String range,
        String gateway,
        int mtu,
        boolean isInternal,
        boolean isIsolatedInside,
        boolean masquerades) {

    /// A port of the host that leads to a port of a container.
    ///
    /// @param hostAddress empty for every address of the host
    /// @param protocol `tcp`, `udp` or `sctp`
    public record PublishedPort(
            String hostAddress, int hostPort, String protocol, String containerAddress, int containerPort) {}

    /// Who asks and who is known on one network.
    ///
    /// @param network any word that tells it from others, without blanks
    /// @param address of the container
    /// @param names under which the others on this network find it
    public record Member(String network, String address, List<String> names) {
        public Member {
            names = List.copyOf(names);
        }
    }

    /// What one container gets on one network.
    ///
    /// @param device in the container, as `eth0`
    /// @param address with the prefix length, as `172.18.0.2/16`
    /// @param gateway of the default route; empty for none
    public record Plug(String device, String address, String hardwareAddress, String gateway) {}
}
