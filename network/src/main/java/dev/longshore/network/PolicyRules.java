package dev.longshore.network;

import dev.longshore.network.view.ClusterView;
import dev.longshore.network.view.ObjectName;
import dev.longshore.network.view.PodView;
import dev.longshore.network.view.PolicyView;
import dev.longshore.network.view.PolicyView.Peer;
import dev.longshore.network.view.PolicyView.Port;
import dev.longshore.network.view.PolicyView.Rule;
import dev.longshore.network.view.Range;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The part of the table that says which connections network policies allow to and from this node's pods.
///
/// ```
/// forward -2: egress-pods   source ─────► egress/ADDRESS ──► each policy's chain: accept ─┐
///                                                       └──► drop                        ▼
/// forward -1: ingress-pods  destination ► ingress/ADDRESS ─► each policy's chain: accept ─► delivered
/// ```
///
/// An `accept` ends one hook only, so a connection needs both. A pod always reaches itself, and its node always
/// reaches it. Name look-ups go to the node, so they are never cut off.
final class PolicyRules {

    private final Ruleset.Builder table;
    private final String node;
    private final ClusterView view;
    /// Those that have an address.
    private final List<PodView> pods;

    private PolicyRules(Ruleset.Builder table, ProxyFacts facts, ClusterView view) {
        this.table = table;
        this.node = facts.node();
        this.view = view;
        this.pods = view.pods().stream()
                .map(pod -> pod.withAddress(facts.podAddresses().getOrDefault(pod.name(), pod.address())))
                .filter(pod -> !pod.address().isEmpty())
                .toList();
    }

    /// Which side of a connection a policy's pods are on.
    private enum Direction {
        INGRESS("ingress", "daddr", "saddr", "-1"),
        EGRESS("egress", "saddr", "daddr", "-2");

        private final String word;
        private final String own;
        private final String other;
        private final String priority;

        Direction(String word, String own, String other, String priority) {
            this.word = word;
            this.own = own;
            this.other = other;
            this.priority = priority;
        }

        Optional<List<Rule>> of(PolicyView policy) {
            return this == INGRESS ? policy.ingress() : policy.egress();
        }
    }

    /// Adds the rules for the pods of `node`.
    static void addTo(Ruleset.Builder table, ProxyFacts facts, ClusterView view) {
        var rules = new PolicyRules(table, facts, view);
        for (Direction direction : Direction.values()) {
            rules.add(direction);
        }
    }

    private void add(Direction direction) {
        table.map(direction.word + "-pods", "type ipv4_addr : verdict;");
        table.fixed(
                "policy-" + direction.word,
                "type filter hook forward priority " + direction.priority + "; policy accept;",
                "ct state established,related accept",
                "ip saddr . ip daddr @hairpins accept",
                "ip " + direction.own + " vmap @" + direction.word + "-pods");
        for (PolicyView policy : view.policies()) {
            direction.of(policy).ifPresent(rules -> addPolicy(direction, policy, rules));
        }
        for (PodView pod : pods) {
            if (pod.node().equals(node)) {
                addPod(direction, pod);
            }
        }
    }

    private void addPod(Direction direction, PodView pod) {
        var jumps = new ArrayList<String>();
        for (PolicyView policy : view.policies()) {
            if (direction.of(policy).isPresent() && isAbout(policy, pod)) {
                jumps.add("jump " + chain(direction, policy.name()));
            }
        }
        if (!jumps.isEmpty()) {
            jumps.add("drop");
            String chain = direction.word + "/" + pod.address();
            table.chain(chain, jumps);
            table.element(direction.word + "-pods", pod.address(), "goto " + chain);
            table.element("hairpins", pod.address() + " . " + pod.address());
        }
    }

    private void addPolicy(Direction direction, PolicyView policy, List<Rule> rules) {
        String chain = chain(direction, policy.name());
        var lines = new ArrayList<String>();
        for (int i = 0; i < rules.size(); i++) {
            Rule rule = rules.get(i);
            List<PodView> others = others(policy, rule);
            List<PodView> targets = direction == Direction.EGRESS ? others : subjects(policy);
            List<String> peers = peers(direction, rule, others, chain + "/" + i);
            List<String> ports = ports(rule, targets, chain + "/" + i);
            for (String peer : peers) {
                for (String port : ports) {
                    lines.add(peer + port + "accept");
                }
            }
        }
        table.chain(chain, lines);
    }

    /// What a packet's other side must be, each ending in a blank; one that is empty asks for nothing.
    private List<String> peers(Direction direction, Rule rule, List<PodView> others, String name) {
        if (rule.peers().isEmpty()) {
            return List.of("");
        }
        var matches = new ArrayList<String>();
        for (Peer peer : rule.peers()) {
            if (peer instanceof PolicyView.Block(Range range, List<Range> except)) {
                // nft takes no range of length 0 for an address.
                String within = range.length() == 0 ? "" : "ip %s %s ".formatted(direction.other, range);
                String without = String.join(
                        "",
                        except.stream()
                                .map(part -> "ip %s != %s ".formatted(direction.other, part))
                                .toList());
                matches.add(within + without);
            }
        }
        if (rule.peers().stream().anyMatch(PolicyView.Pods.class::isInstance)) {
            table.set(name, "type ipv4_addr;");
            others.forEach(pod -> table.element(name, pod.address()));
            matches.add("ip %s @%s ".formatted(direction.other, name));
        }
        return matches;
    }

    private List<String> ports(Rule rule, List<PodView> targets, String name) {
        if (rule.ports().isEmpty()) {
            return List.of("");
        }
        var matches = new ArrayList<String>();
        for (Port port : rule.ports()) {
            if (!port.name().isEmpty()) {
                String set = name + "/" + port.protocol() + "/" + port.name();
                table.set(set, "type ipv4_addr . inet_service;");
                targets.forEach(pod -> pod.ports().stream()
                        .filter(own ->
                                own.name().equals(port.name()) && own.protocol().equals(port.protocol()))
                        .forEach(own -> table.element(set, pod.address() + " . " + own.port())));
                matches.add("ip daddr . %s dport @%s ".formatted(port.protocol(), set));
            } else if (port.first() == 0) {
                matches.add("meta l4proto " + port.protocol() + " ");
            } else {
                String numbers = port.first() == port.last() ? "" + port.first() : port.first() + "-" + port.last();
                matches.add(port.protocol() + " dport " + numbers + " ");
            }
        }
        return matches;
    }

    /// The pods that the policy is about, wherever they run.
    private List<PodView> subjects(PolicyView policy) {
        return pods.stream().filter(pod -> isAbout(policy, pod)).toList();
    }

    private List<PodView> others(PolicyView policy, Rule rule) {
        return view.pods().stream()
                .filter(pod -> rule.peers().stream().anyMatch(peer -> isPeer(policy, peer, pod)))
                .toList();
    }

    private boolean isPeer(PolicyView policy, Peer peer, PodView pod) {
        return switch (peer) {
            case PolicyView.Block block -> false;
            case PolicyView.Pods selected ->
                selected.pods().matches(pod.labels())
                        && selected.namespaces()
                                .map(selector ->
                                        selector.matches(labels(pod.name().namespace())))
                                .orElse(pod.name()
                                        .namespace()
                                        .equals(policy.name().namespace()));
        };
    }

    private Map<String, String> labels(String namespace) {
        return view.namespaces().getOrDefault(namespace, Map.of());
    }

    private static boolean isAbout(PolicyView policy, PodView pod) {
        return pod.name().namespace().equals(policy.name().namespace())
                && policy.pods().matches(pod.labels());
    }

    private static String chain(Direction direction, ObjectName policy) {
        return "policy-" + direction.word + "/" + policy;
    }
}
