package dev.longshore.runtime.linux;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.linux.Commands;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class HostGatewayTest {

    private static final Path NAMESPACE = Path.of("/run/netns/x");

    @Test
    void theHostIsWhereTheDefaultRouteLeads() throws Exception {
        Commands commands = command -> {
            assertThat(command.toString()).isEqualTo("nsenter --net=/run/netns/x ip route show default");
            return new Commands.Result(0, "default via 10.244.0.1 dev eth0 \n", "");
        };

        assertThat(HostGateway.of(NAMESPACE, commands)).isEqualTo("10.244.0.1");
    }

    @Test
    void withoutAWayOutThereIsOnlyTheStepItself() throws Exception {
        assertThat(HostGateway.of(NAMESPACE, command -> new Commands.Result(0, "", "")))
                .isEqualTo("127.0.0.1");
        assertThat(HostGateway.of(NAMESPACE, command -> new Commands.Result(1, "", "gone")))
                .isEqualTo("127.0.0.1");
    }
}
