package dev.longshore.network;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.base.ClusterId;
import dev.longshore.linux.Commands;
import dev.longshore.linux.RecordingCommands;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AddressPlannerTest {

    private static final ClusterId FIRST = new ClusterId("aaaaaa");
    private static final ClusterId SECOND = new ClusterId("bbbbbb");

    @TempDir
    Path directory;

    private AddressPlanner planner(String routes, String addresses) {
        return new AddressPlanner(
                directory,
                new RecordingCommands(command ->
                        new Commands.Result(0, command.arguments().contains("route") ? routes : addresses, "")));
    }

    @Test
    void givesTheFirstClusterWhatPeopleKnowAndTheSecondItsNeighbours() throws Exception {
        AddressPlanner planner = planner("[]", "[]");

        assertThat(planner.choose(FIRST)).isEqualTo(new AddressPlan("10.244.0.0/16", "10.96.0.0/16", "30000-32767"));
        assertThat(planner.choose(SECOND)).isEqualTo(new AddressPlan("10.245.0.0/16", "10.97.0.0/16", "27000-29767"));
    }

    @Test
    void avoidsWhatTheHostUsesButNotBecauseOfItsWideRoutes() throws Exception {
        String routes = """
                [{"dst":"default","gateway":"192.0.2.1","dev":"eth0"},
                 {"dst":"10.0.0.0/8","dev":"tun0"},
                 {"dst":"10.244.7.0/24","dev":"cni0"},
                 {"type":"local","dst":"192.0.2.7","dev":"eth0"}]
                """;
        String addresses = """
                [{"ifname":"eth1","addr_info":[{"local":"10.96.3.4","prefixlen":20}]}]
                """;

        assertThat(planner(routes, addresses).choose(FIRST))
                .isEqualTo(new AddressPlan("10.245.0.0/16", "10.97.0.0/16", "30000-32767"));
    }

    @Test
    void saysWhoHasTakenTheAddressesOfAClusterThatWasAway() throws Exception {
        AddressPlanner planner = planner("[]", "[]");
        AddressPlan plan = planner.choose(FIRST);
        assertThat(planner.claim(FIRST, plan)).isEmpty();
        planner.release(FIRST);
        planner.choose(SECOND);

        assertThat(planner.claim(FIRST, plan)).hasValue(SECOND);

        planner.release(SECOND);
        assertThat(planner.claim(FIRST, plan)).isEmpty();
    }

    @Test
    void passesOverPortsThatAreTaken() throws Exception {
        try (var taken = new ServerSocket(0)) {
            int port = taken.getLocalPort();

            assertThat(AddressPlanner.freePort(port, Set.of(port + 1))).isGreaterThan(port + 1);
        }
    }
}
