package dev.longshore.network;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.linux.Commands;
import dev.longshore.linux.RecordingCommands;
import dev.longshore.network.view.Range;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class UdpFlowsTest {

    private static final String LISTED = """
            udp      17 27 src=10.244.0.7 dst=10.96.0.5 sport=4000 dport=80 src=10.244.0.2 dst=10.244.0.7 sport=8080 dport=4000 mark=0 use=1
            udp      17 27 src=10.244.0.7 dst=10.96.0.5 sport=4001 dport=80 src=10.244.0.3 dst=10.244.0.7 sport=8080 dport=4001 [ASSURED] mark=0 use=1
            udp      17 27 src=10.244.0.7 dst=10.96.0.9 sport=4002 dport=80 [UNREPLIED] src=10.96.0.9 dst=10.244.0.7 sport=80 dport=4002 mark=0 use=1
            udp      17 27 src=10.244.0.7 dst=10.96.0.10 sport=4003 dport=53 src=10.244.0.1 dst=10.244.0.7 sport=53 dport=4003 mark=0 use=1
            udp      17 27 src=198.51.100.2 dst=198.51.100.1 sport=4004 dport=30053 src=10.244.0.3 dst=10.244.0.1 sport=8080 dport=4004 mark=0 use=1
            udp      17 27 src=198.51.100.2 dst=8.8.8.8 sport=4005 dport=53 src=8.8.8.8 dst=198.51.100.2 sport=53 dport=4005 mark=0 use=1
            """;

    @Test
    void forgetsOnlyFlowsOfServicesWhoseEndpointHasGone() throws Exception {
        var commands = new RecordingCommands(command -> new Commands.Result(0, LISTED, ""));

        new UdpFlows(commands)
                .forgetStale(
                        Map.of("10.96.0.5 80", Set.of("10.244.0.2"), "30053", Set.of("10.244.0.2")),
                        Range.parse("10.96.0.0/16"),
                        Set.of("10.96.0.10"));

        assertThat(commands.lines())
                .containsExactly(
                        "conntrack -L -p udp",
                        "conntrack -D -p udp --orig-src 10.244.0.7 --orig-dst 10.96.0.5 --sport 4001 --dport 80",
                        "conntrack -D -p udp --orig-src 10.244.0.7 --orig-dst 10.96.0.9 --sport 4002 --dport 80",
                        "conntrack -D -p udp --orig-src 198.51.100.2 --orig-dst 198.51.100.1 --sport 4004 --dport 30053");
    }
}
