package dev.longshore.network.dns;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class EngineZoneTest {

    private final EngineZone zone = EngineZone.parse(List.of(
            "CLIENT 172.18.0.2 front",
            "HOST web front 172.18.0.2",
            "CLIENT 172.18.0.3 front",
            "CLIENT 172.18.0.3 back",
            "HOST db back 172.19.0.2",
            "HOST web back 172.19.0.9",
            "nonsense"));

    @Test
    void whoAsksDecidesWhichNamesThereAre() {
        assertThat(zone.find("172.18.0.2", "web")).contains(Set.of("172.18.0.2"));
        assertThat(zone.find("172.18.0.2", "db")).isEmpty();
        assertThat(zone.find("10.0.0.1", "web")).isEmpty();
    }

    @Test
    void whoIsOnSeveralNetworksFindsTheNamesOfAll() {
        assertThat(zone.find("172.18.0.3", "db")).contains(Set.of("172.19.0.2"));
        assertThat(zone.find("172.18.0.3", "web")).contains(Set.of("172.18.0.2", "172.19.0.9"));
    }

    @Test
    void aLinkIsANameForOneAlone() {
        EngineZone linked = EngineZone.parse(List.of("CLIENT 172.18.0.2 front", "LINK 172.18.0.2 store 172.18.0.9"));

        assertThat(linked.find("172.18.0.2", "store")).contains(Set.of("172.18.0.9"));
        assertThat(linked.find("172.18.0.3", "store")).isEmpty();
    }
}
