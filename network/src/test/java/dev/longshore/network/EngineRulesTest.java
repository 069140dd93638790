package dev.longshore.network;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.base.ClusterId;
import dev.longshore.network.EngineNetwork.PublishedPort;
import java.util.List;
import org.junit.jupiter.api.Test;

class EngineRulesTest {

    private static final EngineNetwork FRONT =
            new EngineNetwork("lsdfront-abcdef", "172.18.0.0/16", "172.18.0.1", "", "", 1500, false, false, true);
    private static final EngineNetwork BACK =
            new EngineNetwork("lsdback-abcdef", "172.19.0.0/16", "172.19.0.1", "", "", 1500, true, false, true);

    private static String script(List<EngineNetwork> networks, List<PublishedPort> ports) {
        return new EngineRules(new ClusterId("abcdef"), networks, ports).script();
    }

    @Test
    void aPublishedPortLeadsToItsContainerEverywhereOrAtOneAddress() {
        String script = script(
                List.of(FRONT),
                List.of(
                        new PublishedPort("", 8080, "tcp", "172.18.0.2", 80),
                        new PublishedPort("127.0.0.1", 5353, "udp", "172.18.0.3", 53)));

        assertThat(script)
                .contains("ports { tcp . 8080 : 172.18.0.2 . 80 }")
                .contains("bound-ports { 127.0.0.1 . udp . 5353 : 172.18.0.3 . 53 }");
    }

    @Test
    void networksDoNotReachEachOtherAndNothingLeadsOutOfAnInternalOne() {
        String script = script(List.of(FRONT, BACK), List.of());

        assertThat(script)
                .contains("iifname \"lsdfront-abcdef\" oifname { \"lsdback-abcdef\" } drop")
                .contains("iifname \"lsdback-abcdef\" oifname != \"lsdback-abcdef\" drop")
                .contains("ip saddr 172.18.0.0/16 oifname != { \"lsdfront-abcdef\", \"lo\" } masquerade")
                .doesNotContain("ip saddr 172.19.0.0/16 oifname");
    }

    @Test
    void containersAreKeptFromTheHostsLoopbackAddresses() {
        assertThat(script(List.of(FRONT), List.of()))
                .contains("guard iifname \"lsdfront-abcdef\" ip daddr 127.0.0.0/8 drop");
    }

    @Test
    void networksWithIpv6HaveATableOfThatFamilyToo() {
        var dual = new EngineNetwork(
                "lsddual1-abcdef", "172.20.0.0/16", "172.20.0.1", "fd00:1::/64", "fd00:1::1", 1500, false, false, true);

        String script = script(
                List.of(FRONT, dual),
                List.of(
                        new PublishedPort("", 8080, "tcp", "fd00:1::2", 80),
                        new PublishedPort("fd00::2", 8081, "tcp", "fd00:1::2", 81)));

        assertThat(script)
                .contains("add table ip6 longshore-abcdef-engine")
                .contains("add element ip6 longshore-abcdef-engine ports { tcp . 8080 : fd00:1::2 . 80 }")
                .contains("bound-ports { fd00::2 . tcp . 8081 : fd00:1::2 . 81 }")
                .contains("ip6 saddr fd00:1::/64 oifname != { \"lsddual1-abcdef\", \"lo\" } masquerade");
        assertThat(script(List.of(FRONT), List.of())).doesNotContain("ip6");
    }
}
