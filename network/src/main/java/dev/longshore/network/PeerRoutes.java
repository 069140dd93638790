package dev.longshore.network;

import dev.longshore.base.ClusterId;
import dev.longshore.base.Time;
import dev.longshore.linux.Commands;
import dev.longshore.linux.Commands.Command;
import dev.longshore.linux.Links;
import dev.longshore.network.view.PeerSource;
import dev.longshore.network.view.PeerView;
import dev.longshore.network.view.Range;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/// Routes to the pods of the other nodes: straight to a node on the same link, through a tunnel (VXLAN) to any
/// other.
///
/// The tunnel needs no exchange of anything: its number comes from the cluster's id, the hardware address of a
/// node's end from the node's own address. Routes carry the cluster's metric, by which they are found again.
final class PeerRoutes implements AutoCloseable {

    private static final Duration TOGETHER = Duration.ofMillis(200);
    private static final int TUNNEL_PORT = 8472;
    private static final int TUNNEL_OVERHEAD = 50;

    private final ClusterId cluster;
    private final String nodeName;
    private final String nodeAddress;
    private final Range ownPods;
    private final int mtu;
    private final PeerSource source;
    private final Commands commands;
    private final Links links;
    private final Debounce syncs;
    // Only the task of `syncs` touches it.
    private List<PeerView> done = List.of();

    PeerRoutes(
            ClusterId cluster,
            String nodeName,
            String nodeAddress,
            Range ownPods,
            int mtu,
            PeerSource source,
            Commands commands,
            Time time) {
        this.cluster = cluster;
        this.nodeName = nodeName;
        this.nodeAddress = nodeAddress;
        this.ownPods = ownPods;
        this.mtu = mtu;
        this.source = source;
        this.commands = commands;
        this.links = new Links(commands);
        this.syncs = new Debounce("routing to other nodes", time, TOGETHER, this::sync);
    }

    /// Begins to follow the nodes.
    void start() {
        source.onChange(syncs::request);
        syncs.request();
    }

    /// Follows them no more; the routes stay.
    @Override
    public void close() {
        syncs.close();
    }

    private void sync() throws InterruptedException {
        List<PeerView> peers = source.peers().orElse(done).stream()
                .filter(peer -> !peer.name().equals(nodeName) && !peer.address().equals(nodeAddress))
                .toList();
        if (peers.equals(done)) {
            return;
        }
        var direct = outdated(peers);
        var tunnelled = new ArrayList<PeerView>();
        for (PeerView peer : peers) {
            if (isOnLink(peer)) {
                direct.add("route replace %s via %s metric %d"
                        .formatted(peer.pods(), peer.address(), NetworkNames.metric(cluster)));
            } else {
                tunnelled.add(peer);
            }
        }
        if (!direct.isEmpty()) {
            links.batch(direct);
        }
        if (!peers.isEmpty()) {
            // Also without peers to send to: a machine with two links may be near for one and far for the other.
            openTunnel();
        }
        if (!tunnelled.isEmpty()) {
            tell(tunnelled);
            links.batch(tunnelled.stream()
                    .flatMap(peer -> tunnelLines(peer).stream())
                    .toList());
        }
        done = peers;
    }

    private boolean isOnLink(PeerView peer) throws InterruptedException {
        var route = commands.run(Command.of("ip", "route", "get", peer.address()));
        return route.exitCode() == 0 && !route.out().contains(" via ");
    }

    private List<String> outdated(List<PeerView> peers) throws InterruptedException {
        Set<String> wanted = new HashSet<>();
        peers.forEach(peer -> wanted.add(peer.pods().toString()));
        return links.routes().stream()
                .filter(route -> route.metric() == NetworkNames.metric(cluster)
                        && route.type().equals("unicast")
                        && !wanted.contains(route.destination()))
                .map(route -> "route del %s metric %d".formatted(route.destination(), route.metric()))
                .collect(Collectors.toCollection(ArrayList::new));
    }

    private void openTunnel() throws InterruptedException {
        String tunnel = NetworkNames.tunnel(cluster);
        if (!links.exists(tunnel)) {
            links.batch(List.of(
                    "link add name %s address %s mtu %d type vxlan id %d dstport %d local %s nolearning"
                            .formatted(
                                    tunnel,
                                    hardwareAddress(nodeAddress),
                                    mtu - TUNNEL_OVERHEAD,
                                    NetworkNames.tunnelNumber(cluster),
                                    TUNNEL_PORT,
                                    nodeAddress),
                    "link set dev " + tunnel + " up"));
        }
    }

    private List<String> tunnelLines(PeerView peer) {
        String tunnel = NetworkNames.tunnel(cluster);
        String end = peer.pods().address(0);
        return List.of(
                "neigh replace %s lladdr %s dev %s nud permanent"
                        .formatted(end, hardwareAddress(peer.address()), tunnel),
                "route replace %s via %s dev %s onlink src %s metric %d"
                        .formatted(peer.pods(), end, tunnel, Bridge.gateway(ownPods), NetworkNames.metric(cluster)));
    }

    /// Tells the tunnel behind which machine each hardware address is.
    private void tell(List<PeerView> peers) throws InterruptedException {
        var lines = new StringBuilder();
        for (PeerView peer : peers) {
            lines.append("fdb replace %s dev %s dst %s%n"
                    .formatted(hardwareAddress(peer.address()), NetworkNames.tunnel(cluster), peer.address()));
        }
        commands.require(Command.of("bridge", "-batch", "-").withInput(lines.toString()));
    }

    private static String hardwareAddress(String nodeAddress) {
        int bits = Range.number(nodeAddress);
        return String.format(
                Locale.ROOT,
                "0a:56:%02x:%02x:%02x:%02x",
                bits >>> 24 & 0xff,
                bits >>> 16 & 0xff,
                bits >>> 8 & 0xff,
                bits & 0xff);
    }
}
