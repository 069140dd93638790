package dev.longshore.network;

import dev.longshore.base.ClusterId;
import dev.longshore.network.EngineNetwork.PublishedPort;
import java.util.List;
import java.util.stream.Collectors;

/// The nftables rules of the engine's networks: ports of the host, ways out, and walls between networks. A table
/// of its own, loaded whole in one transaction.
///
/// ```
/// prerouting, output ─► dispatch: a port of the host ─► a container
/// forward            ─► networks do not reach each other, internal ones nobody
/// postrouting        ─► masquerade: out of a network, from 127.0.0.1, and back into the same network
/// ```
record EngineRules(ClusterId cluster, List<EngineNetwork> networks, List<PublishedPort> ports) {

    private static final String WITH_PORTS = "meta l4proto { tcp, udp, sctp } ";
    private static final String BOUND_KEY = "ip daddr . meta l4proto . th dport";
    private static final String KEY = "meta l4proto . th dport";
    private static final String TARGET = "ip daddr . th dport";

    EngineRules {
        networks = List.copyOf(networks);
        ports = List.copyOf(ports);
    }

    /// The script that replaces what was there.
    String script() {
        var table = new Ruleset.Builder();
        table.map("ports", "typeof " + KEY + " : " + TARGET + ";")
                .map("bound-ports", "typeof " + BOUND_KEY + " : " + TARGET + ";");
        for (PublishedPort port : ports) {
            String key = port.protocol() + " . " + port.hostPort();
            String to = port.containerAddress() + " . " + port.containerPort();
            if (port.hostAddress().isEmpty()) {
                table.element("ports", key, to);
            } else {
                table.element("bound-ports", port.hostAddress() + " . " + key, to);
            }
        }
        table.fixed(
                "dispatch",
                "",
                WITH_PORTS + "dnat ip to " + BOUND_KEY + " map @bound-ports",
                "fib daddr type local " + WITH_PORTS + "dnat ip to " + KEY + " map @ports");
        table.fixed("prerouting", "type nat hook prerouting priority dstnat; policy accept;", "jump dispatch");
        table.fixed("nat-output", "type nat hook output priority -100; policy accept;", "jump dispatch");
        table.fixed("postrouting", "type nat hook postrouting priority srcnat; policy accept;", outward());
        table.fixed("forward", "type filter hook forward priority filter; policy accept;", walls());
        table.fixed("guard", "type filter hook prerouting priority raw; policy accept;", guards());
        return table.build().replacing(table(cluster), java.util.Map.of());
    }

    static String table(ClusterId cluster) {
        return NetworkNames.table(cluster) + "-engine";
    }

    private String[] outward() {
        return networks.stream()
                .flatMap(network -> java.util.stream.Stream.concat(
                        java.util.stream.Stream.of(
                                // A container that reaches a neighbour through the host would be answered past the NAT.
                                "ct status dnat ip saddr %1$s ip daddr %1$s masquerade".formatted(network.range()),
                                "ct status dnat ip saddr 127.0.0.0/8 ip daddr %s masquerade"
                                        .formatted(network.range())),
                        network.masquerades() && !network.isInternal()
                                ? java.util.stream.Stream.of("ip saddr %s oifname != { \"%s\", \"lo\" } masquerade"
                                        .formatted(network.range(), network.bridge()))
                                : java.util.stream.Stream.<String>empty()))
                .toArray(String[]::new);
    }

    private String[] walls() {
        var rules = new java.util.ArrayList<String>();
        rules.add("ct state established,related accept");
        for (EngineNetwork network : networks) {
            if (network.isInternal()) {
                rules.add("iifname \"%1$s\" oifname != \"%1$s\" drop".formatted(network.bridge()));
                rules.add("oifname \"%1$s\" iifname != \"%1$s\" drop".formatted(network.bridge()));
            }
            if (network.isIsolatedInside()) {
                rules.add("iifname \"%1$s\" oifname \"%1$s\" drop".formatted(network.bridge()));
            }
        }
        rules.add("ct status dnat accept");
        if (networks.size() > 1) {
            for (EngineNetwork network : networks) {
                rules.add("iifname \"%1$s\" oifname { %2$s } drop"
                        .formatted(
                                network.bridge(),
                                networks.stream()
                                        .filter(other -> !other.equals(network))
                                        .map(other -> "\"" + other.bridge() + "\"")
                                        .collect(Collectors.joining(", "))));
            }
        }
        return rules.toArray(String[]::new);
    }

    /// The bridges may carry loopback addresses, so containers must be kept from the host's own.
    private String[] guards() {
        return networks.stream()
                .map(network -> "iifname \"%s\" ip daddr 127.0.0.0/8 drop".formatted(network.bridge()))
                .toArray(String[]::new);
    }
}
