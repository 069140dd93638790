package dev.longshore.network;

import dev.longshore.base.ClusterId;
import dev.longshore.network.EngineNetwork.PublishedPort;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/// The nftables rules of the engine's networks: ports of the host, ways out, and walls between networks. A table
/// of its own for each family, loaded whole in one transaction.
///
/// ```
/// prerouting, output ─► dispatch: a port of the host ─► a container
/// forward            ─► networks do not reach each other, internal ones nobody
/// postrouting        ─► masquerade: out of a network, from loopback, and back into the same network
/// ```
record EngineRules(ClusterId cluster, List<EngineNetwork> networks, List<PublishedPort> ports) {

    private static final String WITH_PORTS = "meta l4proto { tcp, udp, sctp } ";
    private static final String KEY = "meta l4proto . th dport";

    EngineRules {
        networks = List.copyOf(networks);
        ports = List.copyOf(ports);
    }

    /// What differs between the families.
    private enum Family {
        FOUR("ip", "127.0.0.0/8"),
        SIX("ip6", "::1");

        private final String word;
        private final String loopback;

        Family(String word, String loopback) {
            this.word = word;
            this.loopback = loopback;
        }

        boolean has(PublishedPort port) {
            return port.containerAddress().contains(":") == (this == SIX);
        }

        String range(EngineNetwork network) {
            return this == SIX ? network.range6() : network.range();
        }

        String boundKey() {
            return word + " daddr . " + KEY;
        }

        String target() {
            return word + " daddr . th dport";
        }
    }

    /// The script that replaces what was there.
    String script() {
        List<EngineNetwork> withSix =
                networks.stream().filter(EngineNetwork::hasSix).toList();
        return script(Family.FOUR, networks) + (withSix.isEmpty() ? "" : script(Family.SIX, withSix));
    }

    /// Whether any network has IPv6 addresses, so that there is a table of that family.
    boolean hasSix() {
        return networks.stream().anyMatch(EngineNetwork::hasSix);
    }

    private String script(Family family, List<EngineNetwork> inside) {
        var table = new Ruleset.Builder();
        table.map("ports", "typeof " + KEY + " : " + family.target() + ";")
                .map("bound-ports", "typeof " + family.boundKey() + " : " + family.target() + ";");
        for (PublishedPort port : ports.stream().filter(family::has).toList()) {
            String key = port.protocol() + " . " + port.hostPort();
            String to = port.containerAddress() + " . " + port.containerPort();
            if (port.hostAddress().isEmpty()) {
                table.element("ports", key, to);
            } else {
                table.element("bound-ports", port.hostAddress() + " . " + key, to);
            }
        }
        var dispatch = new ArrayList<String>();
        if (family == Family.SIX) {
            // Unlike 127.0.0.1, it never leads to another device: better refused at once than lost.
            dispatch.add("ip6 daddr ::1 return");
        }
        dispatch.add(WITH_PORTS + "dnat " + family.word + " to " + family.boundKey() + " map @bound-ports");
        dispatch.add("fib daddr type local " + WITH_PORTS + "dnat " + family.word + " to " + KEY + " map @ports");
        table.fixed("dispatch", "", dispatch.toArray(String[]::new));
        table.fixed("prerouting", "type nat hook prerouting priority dstnat; policy accept;", "jump dispatch");
        table.fixed("nat-output", "type nat hook output priority -100; policy accept;", "jump dispatch");
        table.fixed(
                "postrouting", "type nat hook postrouting priority srcnat; policy accept;", outward(family, inside));
        table.fixed("forward", "type filter hook forward priority filter; policy accept;", walls(inside));
        table.fixed("guard", "type filter hook prerouting priority raw; policy accept;", guards(family, inside));
        return table.build().replacing(family.word, table(cluster), Map.of());
    }

    static String table(ClusterId cluster) {
        return NetworkNames.table(cluster) + "-engine";
    }

    private static String[] outward(Family family, List<EngineNetwork> inside) {
        var rules = new ArrayList<String>();
        for (EngineNetwork network : inside) {
            String range = family.range(network);
            String word = family.word;
            // A container that reaches a neighbour through the host would be answered past the NAT.
            rules.add("ct status dnat %1$s saddr %2$s %1$s daddr %2$s masquerade".formatted(word, range));
            rules.add("ct status dnat %1$s saddr %2$s %1$s daddr %3$s masquerade"
                    .formatted(word, family.loopback, range));
            if (network.masquerades() && !network.isInternal()) {
                rules.add("%s saddr %s oifname != { \"%s\", \"lo\" } masquerade"
                        .formatted(word, range, network.bridge()));
            }
        }
        return rules.toArray(String[]::new);
    }

    private static String[] walls(List<EngineNetwork> inside) {
        var rules = new ArrayList<String>();
        rules.add("ct state established,related accept");
        for (EngineNetwork network : inside) {
            if (network.isInternal()) {
                rules.add("iifname \"%1$s\" oifname != \"%1$s\" drop".formatted(network.bridge()));
                rules.add("oifname \"%1$s\" iifname != \"%1$s\" drop".formatted(network.bridge()));
            }
            if (network.isIsolatedInside()) {
                rules.add("iifname \"%1$s\" oifname \"%1$s\" drop".formatted(network.bridge()));
            }
        }
        rules.add("ct status dnat accept");
        if (inside.size() > 1) {
            for (EngineNetwork network : inside) {
                rules.add("iifname \"%1$s\" oifname { %2$s } drop"
                        .formatted(
                                network.bridge(),
                                inside.stream()
                                        .filter(other -> !other.equals(network))
                                        .map(other -> "\"" + other.bridge() + "\"")
                                        .collect(Collectors.joining(", "))));
            }
        }
        return rules.toArray(String[]::new);
    }

    /// The bridges may carry loopback addresses, so containers must be kept from the host's own.
    private static String[] guards(Family family, List<EngineNetwork> inside) {
        return inside.stream()
                .map(network ->
                        "iifname \"%s\" %s daddr %s drop".formatted(network.bridge(), family.word, family.loopback))
                .toArray(String[]::new);
    }
}
