package dev.longshore.network;

import dev.longshore.base.ClusterId;
import dev.longshore.linux.Commands;
import dev.longshore.linux.Commands.Command;
import dev.longshore.linux.Links;
import dev.longshore.network.view.Range;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// The bridge that the node's pods hang on, and the routes of the service range.
///
/// The service range leads into the bridge, so that this host's own connections to services have somewhere to
/// go and a source address that pods can answer. Behind it stands an `unreachable` route: should the bridge be
/// taken away, packets to services end there instead of leaving by the default route.
final class Bridge {

    private final ClusterId cluster;
    private final String name;
    private final Range services;
    private final Commands commands;
    private final Links links;

    Bridge(ClusterId cluster, Range services, Commands commands) {
        this.cluster = cluster;
        this.name = NetworkNames.bridge(cluster);
        this.services = services;
        this.commands = commands;
        this.links = new Links(commands);
    }

    /// Makes bridge and routes, if they are not there.
    void create() throws InterruptedException {
        links.batch(List.of("route replace unreachable " + services + " metric " + NetworkNames.metric(cluster)));
        if (!links.exists(name)) {
            links.batch(List.of(
                    "link add name " + name + " address " + hardwareAddress() + " type bridge nf_call_iptables 1",
                    "link set dev " + name + " up",
                    "route replace " + services + " dev " + name));
        }
        // Without it, connections from 127.0.0.1 to node ports could not be led to pods.
        commands.require(Command.of("sh", "-c", "echo 1 > \"/proc/sys/net/ipv4/conf/$1/route_localnet\"", "sh", name));
    }

    /// Gives the bridge the first address of `pods`, this node's share of the pod range; any other address
    /// goes.
    void address(Range pods) throws InterruptedException {
        String gateway = gateway(pods);
        String wanted = gateway + "/" + pods.length();
        var lines = new ArrayList<String>();
        for (Links.Address address : links.addresses()) {
            String text = address.address() + "/" + address.prefixLength();
            if (address.device().equals(name) && !text.equals(wanted)) {
                lines.add("addr del " + text + " dev " + name);
            }
        }
        lines.add("addr replace " + wanted + " dev " + name);
        lines.add("route replace " + services + " dev " + name + " src " + gateway);
        links.batch(lines);
    }

    /// This node's own address among `pods`.
    static String gateway(Range pods) {
        return pods.address(1);
    }

    /// Takes away bridge, ports, tunnel and routes of `cluster`, whatever is there of them.
    static void delete(ClusterId cluster, Commands commands) throws InterruptedException {
        var links = new Links(commands);
        String name = NetworkNames.bridge(cluster);
        var lines = new ArrayList<String>();
        for (Links.Route route : links.routes()) {
            if (route.metric() == NetworkNames.metric(cluster)) {
                lines.add("route del %s %s metric %d".formatted(route.type(), route.destination(), route.metric()));
            }
        }
        for (String port : links.portsOf(name)) {
            lines.add("link del dev " + port);
        }
        lines.add("link del dev " + name);
        lines.add("link del dev " + NetworkNames.tunnel(cluster));
        links.batchAnyway(lines);
    }

    /// A bridge without an address of its own takes the lowest of its ports', and pods lose their gateway for a
    /// moment whenever that changes.
    private String hardwareAddress() {
        long bits = NetworkNames.sum(name + services);
        return String.format(
                Locale.ROOT,
                "0a:4c:%02x:%02x:%02x:%02x",
                bits >> 24 & 0xff,
                bits >> 16 & 0xff,
                bits >> 8 & 0xff,
                bits & 0xff);
    }
}
