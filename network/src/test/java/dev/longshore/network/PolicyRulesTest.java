package dev.longshore.network;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.base.ClusterId;
import dev.longshore.network.view.ClusterView;
import dev.longshore.network.view.ObjectName;
import dev.longshore.network.view.PodView;
import dev.longshore.network.view.PolicyView;
import dev.longshore.network.view.PolicyView.Block;
import dev.longshore.network.view.PolicyView.Pods;
import dev.longshore.network.view.PolicyView.Port;
import dev.longshore.network.view.PolicyView.Rule;
import dev.longshore.network.view.Range;
import dev.longshore.network.view.Selector;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PolicyRulesTest {

    private static final ObjectName NAME = new ObjectName("default", "p");
    private static final PodView WEB = Sample.pod("web", "10.244.0.2", "web");
    private static final PodView FRIEND = Sample.pod("friend", "10.244.0.3", "friend");

    private static Ruleset rules(Map<ObjectName, String> wired, List<PodView> pods, PolicyView... policies) {
        var facts = new ProxyFacts(
                new ClusterId("abc123"),
                Sample.NODE,
                Range.parse("10.244.0.0/16"),
                Range.parse("10.96.0.0/16"),
                "10.96.0.10",
                Optional.empty(),
                List.of(),
                wired);
        ClusterView view = ClusterView.EMPTY.withPolicies(
                Map.of("default", Map.of(), "other", Map.of("team", "b")), List.of(policies), pods);
        return ServiceRules.of(facts, view);
    }

    private static PolicyView ingress(Rule... rules) {
        return new PolicyView(NAME, Selector.label("app", "web"), Optional.of(List.of(rules)), Optional.empty());
    }

    private static List<String> chain(Ruleset rules, String name) {
        return rules.chains().get(name).rules();
    }

    private static Map<String, String> elements(Ruleset rules, String set) {
        return rules.elements().getOrDefault(set, Map.of());
    }

    @Test
    void isolatesOnlyThePodsThatAPolicyIsAbout() {
        Ruleset rules = rules(Map.of(), List.of(WEB, FRIEND), ingress());

        assertThat(elements(rules, "ingress-pods")).isEqualTo(Map.of("10.244.0.2", "goto ingress/10.244.0.2"));
        assertThat(elements(rules, "egress-pods")).isEmpty();
        assertThat(chain(rules, "ingress/10.244.0.2")).containsExactly("jump policy-ingress/default/p", "drop");
        assertThat(chain(rules, "policy-ingress/default/p")).isEmpty();
    }

    @Test
    void combinesPeersAndPorts() {
        Ruleset rules = rules(
                Map.of(),
                List.of(WEB, FRIEND),
                ingress(new Rule(
                        List.of(
                                new Pods(Optional.empty(), Selector.label("app", "friend")),
                                new Block(Range.parse("192.0.2.0/24"), List.of(Range.parse("192.0.2.8/32"))),
                                new Block(Range.parse("0.0.0.0/0"), List.of())),
                        List.of(new Port("tcp", 80, 90, ""), new Port("udp", 0, 0, "")))));

        assertThat(chain(rules, "policy-ingress/default/p"))
                .containsExactly(
                        "ip saddr 192.0.2.0/24 ip saddr != 192.0.2.8/32 tcp dport 80-90 accept",
                        "ip saddr 192.0.2.0/24 ip saddr != 192.0.2.8/32 meta l4proto udp accept",
                        "tcp dport 80-90 accept",
                        "meta l4proto udp accept",
                        "ip saddr @policy-ingress/default/p/0 tcp dport 80-90 accept",
                        "ip saddr @policy-ingress/default/p/0 meta l4proto udp accept");
        assertThat(elements(rules, "policy-ingress/default/p/0")).containsOnlyKeys("10.244.0.3");
    }

    @Test
    void findsPeersInOtherNamespacesOnlyWhenTheseAreSelected() {
        var elsewhere = new PodView(
                new ObjectName("other", "friend"), "10.244.0.9", "there", Map.of("app", "friend"), List.of());

        Ruleset own = rules(
                Map.of(),
                List.of(WEB, elsewhere),
                ingress(new Rule(List.of(new Pods(Optional.empty(), Selector.ALL)), List.of())));
        Ruleset other = rules(
                Map.of(),
                List.of(WEB, elsewhere),
                ingress(new Rule(
                        List.of(new Pods(Optional.of(Selector.label("team", "b")), Selector.ALL)), List.of())));

        assertThat(elements(own, "policy-ingress/default/p/0")).containsOnlyKeys("10.244.0.2");
        assertThat(elements(other, "policy-ingress/default/p/0")).containsOnlyKeys("10.244.0.9");
    }

    @Test
    void looksUpNamedPortsAtThePodThatIsConnectedTo() {
        Ruleset rules = rules(
                Map.of(), List.of(WEB, FRIEND), ingress(new Rule(List.of(), List.of(new Port("tcp", 0, 0, "web")))));

        assertThat(chain(rules, "policy-ingress/default/p"))
                .containsExactly("ip daddr . tcp dport @policy-ingress/default/p/0/tcp/web accept");
        assertThat(elements(rules, "policy-ingress/default/p/0/tcp/web")).containsOnlyKeys("10.244.0.2 . 8080");
    }

    @Test
    void guardsAPodBeforeItsAddressIsInTheApi() {
        Ruleset rules = rules(Map.of(WEB.name(), "10.244.0.7"), List.of(WEB.withAddress("")), ingress());

        assertThat(elements(rules, "ingress-pods")).containsOnlyKeys("10.244.0.7");
    }
}
