package dev.longshore.network;

import dev.longshore.network.EngineNetwork.Member;
import dev.longshore.network.EngineNetwork.Plug;
import dev.longshore.network.EngineNetwork.PublishedPort;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// The host's side of the Docker Engine API's networks: bridges, the cables into containers, published ports,
/// walls, names. Keeps no state of its own: whoever calls says what shall be. Thread-safe, but for calls about one
/// network.
public interface EngineBridges {

    /// Where containers ask for names.
    String dnsAddress();

    /// The device of the network with the id `network`, hexadecimal digits.
    String deviceOf(String network);

    /// What the host's own way out takes as its largest packet.
    int usualMtu() throws InterruptedException;

    /// Chooses a range that nothing on this host uses and none of `taken` overlaps, and calls `claim` with it
    /// before any other cluster of this host can choose the same. Candidates are Docker's: 172.17.0.0/16 to
    /// 172.31.0.0/16, then 192.168.0.0/20 and on.
    ///
    /// @return empty when none is free
    Optional<String> chooseRange(List<String> taken, Claim claim) throws IOException, InterruptedException;

    /// Whether something on this host uses part of `range`, of either family.
    boolean isUsed(String range) throws InterruptedException;

    /// Makes the bridge of `network`, unless it stands.
    void create(EngineNetwork network) throws IOException, InterruptedException;

    /// Takes the bridge away. Idempotent.
    void delete(EngineNetwork network) throws InterruptedException;

    /// Leads a cable from `network` into the network namespace that is pinned at `namespace`; `key` tells this
    /// cable from all others, and stays the same for the same cable. A call that fails leaves nothing behind.
    void plug(EngineNetwork network, Path namespace, String key, Plug plug) throws InterruptedException;

    /// Takes the cable `key` away. Idempotent.
    void unplug(String key) throws InterruptedException;

    /// Replaces all rules: what is published, and who is kept apart.
    void apply(List<EngineNetwork> networks, List<PublishedPort> ports) throws InterruptedException;

    /// Who has which ports of this host.
    HostPorts hostPorts();

    /// Replaces all names, for the name server to answer by: each member finds those on its own networks.
    void names(List<Member> members) throws IOException;

    /// Makes sure that a range is taken where others see it.
    interface Claim {
        /// Takes `range`: creates the network.
        void take(String range) throws IOException, InterruptedException;
    }
}
