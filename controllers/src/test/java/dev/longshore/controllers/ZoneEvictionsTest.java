package dev.longshore.controllers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.base.ManualTime;
import dev.longshore.controllers.ZoneEvictions.State;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ZoneEvictionsTest {

    private static List<Node> nodes(String zone, int ready, int ill) {
        var nodes = new ArrayList<Node>();
        for (int i = 0; i < ready + ill; i++) {
            nodes.add(new NodeBuilder()
                    .withNewMetadata()
                    .withName(zone + i)
                    .withLabels(Map.of("topology.kubernetes.io/zone", zone))
                    .endMetadata()
                    .withNewSpec()
                    .endSpec()
                    .withNewStatus()
                    .addNewCondition()
                    .withType("Ready")
                    .withStatus(i < ready ? "True" : "Unknown")
                    .endCondition()
                    .endStatus()
                    .build());
        }
        return nodes;
    }

    @Test
    void aZoneIsIllWhenMoreThanTwoNodesAndMostOfThemAre() {
        assertThat(ZoneEvictions.state(nodes("a", 1, 2))).isEqualTo(State.NORMAL);
        assertThat(ZoneEvictions.state(nodes("a", 2, 3))).isEqualTo(State.PARTIAL);
        assertThat(ZoneEvictions.state(nodes("a", 3, 3))).isEqualTo(State.NORMAL);
        assertThat(ZoneEvictions.state(nodes("a", 0, 1))).isEqualTo(State.FULL);
    }

    @Test
    void nothingIsEmptiedWhenNoNodeOfAnyZoneIsReady() {
        var all = new ArrayList<>(nodes("a", 0, 2));
        all.addAll(nodes("b", 0, 1));
        assertThat(ZoneEvictions.areAllFull(all)).isTrue();

        all.addAll(nodes("c", 1, 0));
        assertThat(ZoneEvictions.areAllFull(all)).isFalse();
        assertThat(ZoneEvictions.areAllFull(List.of())).isFalse();
    }

    @Test
    void nodesOfAZoneAreEmptiedOneAfterTheOtherAndZonesBesideEachOther() {
        var time = new ManualTime();
        var evictions = new ZoneEvictions(time);
        var zone = nodes("a", 3, 2);

        assertThat(evictions.take("a", zone)).isTrue();
        assertThat(evictions.take("a", zone)).isFalse();
        assertThat(evictions.take("b", zone)).isTrue();
        time.advance(Duration.ofSeconds(10));
        assertThat(evictions.take("a", zone)).isTrue();
    }

    @Test
    void anIllZoneIsEmptiedSlowlyIfItIsLargeAndElseNotAtAll() {
        assertThat(ZoneEvictions.pace(nodes("a", 10, 41))).contains(Duration.ofSeconds(100));
        assertThat(ZoneEvictions.pace(nodes("a", 2, 3))).isEmpty();
        assertThat(ZoneEvictions.pace(nodes("a", 0, 3))).contains(Duration.ofSeconds(10));
    }
}
