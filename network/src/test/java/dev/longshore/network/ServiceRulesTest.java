package dev.longshore.network;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.base.ClusterId;
import dev.longshore.network.ProxyFacts.HostPort;
import dev.longshore.network.view.ClusterView;
import dev.longshore.network.view.Range;
import dev.longshore.network.view.SliceView;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ServiceRulesTest {

    private static final String VIP = "10.96.0.5";
    private static final String KEY = VIP + " . tcp . 80";
    private static final ProxyFacts FACTS = new ProxyFacts(
            new ClusterId("abc123"),
            Sample.NODE,
            Range.parse("10.244.0.0/16"),
            Range.parse("10.96.0.0/16"),
            "10.96.0.10",
            Optional.of("10.244.0.1"),
            List.of(),
            Map.of());

    private static Ruleset rules(ClusterView view) {
        return ServiceRules.of(FACTS, view);
    }

    private static Map<String, String> elements(Ruleset rules, String set) {
        return rules.elements().getOrDefault(set, Map.of());
    }

    @Test
    void leadsAServiceToItsReadyEndpointsByElementsAlone() {
        Ruleset rules = rules(
                new Sample().service("web", VIP, "10.244.0.2", "10.244.0.3").view());

        assertThat(elements(rules, "services")).containsEntry(KEY, "goto pick-2");
        assertThat(elements(rules, "endpoints"))
                .containsExactly(
                        Map.entry(KEY + " . 0", "10.244.0.2 . 8080"), Map.entry(KEY + " . 1", "10.244.0.3 . 8080"));
        assertThat(elements(rules, "hairpins")).containsKey("10.244.0.2 . 10.244.0.2");
        assertThat(rules.chains().keySet())
                .isEqualTo(rules(ClusterView.EMPTY).chains().keySet());
    }

    @Test
    void leavesServicesWithoutEndpointsToTheRuleThatRefuses() {
        Ruleset rules = rules(new Sample().service("web", VIP).view());

        assertThat(elements(rules, "services")).doesNotContainKey(KEY);
        assertThat(elements(rules, "rejected")).containsKey(KEY);
        for (String hook : List.of("input", "forward", "output")) {
            assertThat(rules.chains().get(hook).rules()).contains("ip daddr 10.96.0.0/16 goto refuse");
        }
    }

    @Test
    void usesServingTerminatingEndpointsOnlyWhenNoneIsReady() {
        var leaving =
                new SliceView.Endpoint("10.244.0.2", false, true, true, Optional.of(Sample.NODE), Optional.empty());
        var dead = new SliceView.Endpoint("10.244.0.4", false, false, true, Optional.of(Sample.NODE), Optional.empty());
        var ready = SliceView.Endpoint.ready("10.244.0.3", Sample.NODE);

        assertThat(elements(
                        rules(new Sample()
                                .add(Sample.plain("web", VIP), leaving, dead)
                                .view()),
                        "endpoints"))
                .containsOnlyKeys(KEY + " . 0")
                .containsValue("10.244.0.2 . 8080");
        assertThat(elements(
                        rules(new Sample()
                                .add(Sample.plain("web", VIP), leaving, ready)
                                .view()),
                        "endpoints"))
                .containsOnlyKeys(KEY + " . 0")
                .containsValue("10.244.0.3 . 8080");
    }

    @Test
    void keepsInternalLocalTrafficOnTheNodeAndDropsItWhenThereIsNothing() {
        var here = SliceView.Endpoint.ready("10.244.0.2", Sample.NODE);
        var there = SliceView.Endpoint.ready("10.244.9.2", "elsewhere");

        Ruleset both = rules(
                new Sample().add(Sample.internalLocal("web", VIP), here, there).view());
        Ruleset onlyThere =
                rules(new Sample().add(Sample.internalLocal("web", VIP), there).view());

        assertThat(elements(both, "endpoints")).containsOnlyKeys(KEY + " . 0").containsValue("10.244.0.2 . 8080");
        assertThat(elements(onlyThere, "services")).containsEntry(KEY, "drop");
    }

    @Test
    void masqueradesNodePortsUnlessTheyStayOnTheNode() {
        var there = SliceView.Endpoint.ready("10.244.9.2", "elsewhere");
        Ruleset anywhere = rules(new Sample()
                .add(Sample.nodePort("web", VIP, 30080, false), there)
                .view());
        Ruleset local = rules(new Sample()
                .add(Sample.nodePort("web", VIP, 30080, true), there)
                .view());

        assertThat(elements(anywhere, "nodeports")).containsEntry("tcp . 30080", "goto nodeport-pick-1");
        assertThat(elements(anywhere, "masqueraded-tcp")).containsKey("30080");
        assertThat(elements(local, "nodeports")).containsEntry("tcp . 30080", "goto outside/default/web/tcp/80");
        assertThat(elements(local, "masqueraded-tcp")).isEmpty();
        assertThat(local.chains().get("outside/default/web/tcp/80").rules())
                .containsExactly(
                        "ip saddr 10.244.0.0/16 goto cluster/default/web/tcp/80",
                        "fib saddr type local goto cluster/default/web/tcp/80",
                        "drop");
    }

    @Test
    void asksForNamesAtTheNodesOwnServer() {
        Ruleset rules = rules(ClusterView.EMPTY);

        assertThat(elements(rules, "services"))
                .containsEntry("10.96.0.10 . udp . 53", "goto dns")
                .containsEntry("10.96.0.10 . tcp . 53", "goto dns");
        assertThat(rules.chains().get("dns").rules())
                .containsExactly("meta l4proto { tcp, udp } dnat ip to 10.244.0.1:53");
    }

    @Test
    void changesOneServiceByItsElements() {
        Ruleset before = rules(new Sample()
                .service("other", "10.96.0.6", "10.244.0.9")
                .service("web", VIP, "10.244.0.2", "10.244.0.3")
                .view());
        Ruleset after = rules(new Sample()
                .service("other", "10.96.0.6", "10.244.0.9")
                .service("web", VIP, "10.244.0.3")
                .view());

        assertThat(after.after(before, "t")).hasValue("""
                        delete element ip t endpoints { 10.96.0.5 . tcp . 80 . 0, 10.96.0.5 . tcp . 80 . 1 }
                        delete element ip t hairpins { 10.244.0.2 . 10.244.0.2 }
                        delete element ip t services { 10.96.0.5 . tcp . 80 }
                        add element ip t endpoints { 10.96.0.5 . tcp . 80 . 0 : 10.244.0.3 . 8080 }
                        add element ip t services { 10.96.0.5 . tcp . 80 : goto pick-1 }
                        """);
        assertThat(after.after(after, "t")).hasValue("");
    }

    @Test
    void replacesTheTableWhenAServiceOutgrowsTheChainsThereAre() {
        String[] many = IntStream.range(2, 40).mapToObj(i -> "10.244.0." + i).toArray(String[]::new);
        Ruleset before = rules(new Sample().service("web", VIP, "10.244.0.2").view());
        Ruleset after = rules(new Sample().service("web", VIP, many).view());

        assertThat(after.after(before, "t")).isEmpty();
        assertThat(after.replacing("t", Map.of())).startsWith("add table ip t\ndelete table ip t\n");
    }

    @Test
    void bindsHostPortsToAnAddressWhenOneIsGiven() {
        var target = new EndpointChoice.Target("10.244.0.2", 80);
        Ruleset rules = ServiceRules.of(
                FACTS.withSandboxes(
                        List.of(
                                new HostPort(Optional.empty(), "tcp", 8080, target),
                                new HostPort(Optional.of("127.0.0.1"), "tcp", 8081, target)),
                        Map.of()),
                ClusterView.EMPTY);

        assertThat(elements(rules, "hostports")).containsExactly(Map.entry("tcp . 8080", "10.244.0.2 . 80"));
        assertThat(elements(rules, "bound-hostports"))
                .containsExactly(Map.entry("127.0.0.1 . tcp . 8081", "10.244.0.2 . 80"));
    }

    @Test
    void knowsTheEndpointsBehindEveryUdpFront() {
        Ruleset rules = rules(new Sample()
                .add(Sample.udp("names", VIP), Sample.ready("10.244.0.2", "10.244.0.3"))
                .service("web", "10.96.0.6", "10.244.0.4")
                .view());

        assertThat(UdpFlows.fronts(rules)).isEqualTo(Map.of(VIP + " 80", Set.of("10.244.0.2", "10.244.0.3")));
    }
}
