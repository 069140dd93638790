package dev.longshore.network;

import java.util.List;

/// The part of the table that is the same whatever services there are.
///
/// ```
/// prerouting ─┐                         ┌─ services   address . protocol . port ─► pick-N, sticky/…, local/…, drop
/// output ─────┴─► dispatch (DNAT) ──────┼─ nodeports  protocol . port           ─► the same
///                                       └─ hostports  protocol . port           ─► a pod's address
/// input, forward, output ─► refuse: addresses of the service range that no rule took, services without endpoints
/// postrouting ─► masquerade: what would not find its way back, and pods on their way out
/// ```
///
/// No packet marks: every bit of them is somebody else's already. What a rule in postrouting must know of the
/// way a packet came, it asks of the connection's original destination.
final class BaseRules {

    private static final String KEY = "ip daddr . meta l4proto . th dport";
    private static final String NODE_KEY = "meta l4proto . th dport";
    private static final String TARGET = "ip daddr . th dport";
    private static final String WITH_PORTS = "meta l4proto { tcp, udp, sctp } ";
    /// Only its type counts: an index into a service's endpoints.
    private static final String ANY_INDEX = "numgen random mod 2";

    private static final int USUAL_ENDPOINTS = 32;

    private BaseRules() {}

    /// Adds them.
    static void addTo(Ruleset.Builder table, ProxyFacts facts) {
        sets(table);
        nat(table, facts);
        filters(table, facts);
        facts.gateway().ifPresent(gateway -> dns(table, facts, gateway));
    }

    /// The chain that leads to one of `endpoints` endpoints of a service address; their elements are in
    /// `endpoints`.
    static String pick(int endpoints) {
        return "pick-" + endpoints;
    }

    /// The same for a node port; the elements are in `nodeport-endpoints`.
    static String pickForNodePort(int endpoints) {
        return "nodeport-pick-" + endpoints;
    }

    /// Adds these chains for every number up to `most`, with room to grow.
    static void addPicks(Ruleset.Builder table, int most) {
        int room = Math.max(USUAL_ENDPOINTS, Integer.highestOneBit(Math.max(1, most - 1)) * 2);
        for (int endpoints = 1; endpoints <= room; endpoints++) {
            String index = " . numgen random mod " + endpoints;
            table.fixed(pick(endpoints), "", WITH_PORTS + "dnat ip to " + KEY + index + " map @endpoints");
            table.fixed(
                    pickForNodePort(endpoints),
                    "",
                    WITH_PORTS + "dnat ip to " + NODE_KEY + index + " map @nodeport-endpoints");
        }
    }

    private static void sets(Ruleset.Builder table) {
        table.map("services", "type ipv4_addr . inet_proto . inet_service : verdict;")
                .map("nodeports", "type inet_proto . inet_service : verdict;")
                .map("endpoints", "typeof " + KEY + " . " + ANY_INDEX + " : " + TARGET + ";")
                .map("nodeport-endpoints", "typeof " + NODE_KEY + " . " + ANY_INDEX + " : " + TARGET + ";")
                .map("hostports", "typeof " + NODE_KEY + " : " + TARGET + ";")
                .map("bound-hostports", "typeof " + KEY + " : " + TARGET + ";")
                .set("hairpins", "type ipv4_addr . ipv4_addr;")
                .set("rejected", "type ipv4_addr . inet_proto . inet_service;")
                .set("masqueraded-addresses", "type ipv4_addr;")
                .set("masqueraded-tcp", "type inet_service;")
                .set("masqueraded-udp", "type inet_service;")
                .set("masqueraded-sctp", "type inet_service;");
    }

    private static void nat(Ruleset.Builder table, ProxyFacts facts) {
        String bridge = NetworkNames.bridge(facts.cluster());
        table.fixed(
                "dispatch",
                "",
                KEY + " vmap @services",
                "fib daddr type local " + NODE_KEY + " vmap @nodeports",
                WITH_PORTS + "dnat ip to " + KEY + " map @bound-hostports",
                "fib daddr type local " + WITH_PORTS + "dnat ip to " + NODE_KEY + " map @hostports");
        table.fixed("prerouting", "type nat hook prerouting priority dstnat; policy accept;", "jump dispatch");
        table.fixed("nat-output", "type nat hook output priority -100; policy accept;", "jump dispatch");
        String notToService = "ct status dnat ct original ip daddr != " + facts.services();
        table.fixed(
                "postrouting",
                "type nat hook postrouting priority srcnat; policy accept;",
                // A pod that reaches itself through a service would see its own address and answer past the NAT.
                "ct status dnat ip saddr . ip daddr @hairpins masquerade",
                "ct status dnat ip saddr 127.0.0.0/8 ip daddr " + facts.pods() + " masquerade",
                "ct status dnat ct original ip daddr @masqueraded-addresses masquerade",
                notToService + " meta l4proto tcp ct original proto-dst @masqueraded-tcp masquerade",
                notToService + " meta l4proto udp ct original proto-dst @masqueraded-udp masquerade",
                notToService + " meta l4proto sctp ct original proto-dst @masqueraded-sctp masquerade",
                "ip saddr %1$s ip daddr != %1$s oifname != { \"%2$s\", \"lo\" } masquerade"
                        .formatted(facts.pods(), bridge));
    }

    private static void filters(Ruleset.Builder table, ProxyFacts facts) {
        table.fixed("refuse", "", "meta l4proto tcp reject with tcp reset", "reject with icmp type port-unreachable");
        String unclaimed = "ip daddr " + facts.services() + " goto refuse";
        String closed = KEY + " @rejected goto refuse";
        for (String hook : List.of("input", "forward", "output")) {
            table.fixed(hook, "type filter hook " + hook + " priority filter; policy accept;", unclaimed, closed);
        }
        // The bridge may carry loopback addresses (node ports at 127.0.0.1), so pods must be kept from the host's own.
        table.fixed(
                "guard",
                "type filter hook prerouting priority raw; policy accept;",
                "iifname \"%s\" ip daddr 127.0.0.0/8 drop".formatted(NetworkNames.bridge(facts.cluster())));
    }

    /// Each node has a name server of its own: there is nothing to choose, and nothing to wait for from the
    /// API.
    private static void dns(Ruleset.Builder table, ProxyFacts facts, String gateway) {
        table.chain("dns", List.of("meta l4proto { tcp, udp } dnat ip to " + gateway + ":53"));
        table.element("services", facts.dnsAddress() + " . udp . 53", "goto dns");
        table.element("services", facts.dnsAddress() + " . tcp . 53", "goto dns");
    }
}
