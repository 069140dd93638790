package dev.longshore.controllers;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ReplicaKeeperTest {

    @Test
    void ownersOfFewPodsLookAtOnceAndOthersTheLaterTheMoreTheyHave() {
        assertThat(ReplicaKeeper.pause(0)).isZero();
        assertThat(ReplicaKeeper.pause(99)).isZero();
        assertThat(ReplicaKeeper.pause(100)).isEqualTo(Duration.ofMillis(2));
        assertThat(ReplicaKeeper.pause(5_000)).isEqualTo(Duration.ofMillis(100));
        assertThat(ReplicaKeeper.pause(1_000_000)).isEqualTo(Duration.ofMillis(200));
    }
}
