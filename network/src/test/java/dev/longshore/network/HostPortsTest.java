package dev.longshore.network;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.network.HostPorts.Port;
import java.util.List;
import org.junit.jupiter.api.Test;

class HostPortsTest {

    private final HostPorts ports = new HostPorts();

    @Test
    void onePortHasOneOwnerWhicheverAddressIsNamed() {
        assertThat(ports.take("pod a", List.of(new Port("", 80, "TCP"), new Port("", 53, "UDP"))))
                .isEmpty();

        assertThat(ports.take("container b", List.of(new Port("127.0.0.1", 80, "tcp"))))
                .contains("pod a");
        assertThat(ports.take("container b", List.of(new Port("", 53, "tcp"), new Port("::", 80, "tcp"))))
                .isEmpty();
        assertThat(ports.take("container c", List.of(new Port("::1", 80, "tcp"))))
                .contains("container b");
    }

    @Test
    void nothingIsTakenWhenOneOfThemIs() {
        ports.take("pod a", List.of(new Port("", 80, "tcp")));
        ports.take("pod b", List.of(new Port("", 79, "tcp"), new Port("", 80, "tcp")));

        assertThat(ports.ownerOf(new Port("", 79, "tcp"), "")).isEmpty();
    }

    @Test
    void whatIsReleasedOrOnesOwnIsFree() {
        ports.take("pod a", List.of(new Port("10.0.0.1", 80, "tcp")));

        assertThat(ports.take("pod a", List.of(new Port("", 80, "tcp")))).isEmpty();
        ports.release("pod a");
        ports.release("pod a");
        assertThat(ports.take("pod b", List.of(new Port("", 80, "tcp")))).isEmpty();
    }
}
