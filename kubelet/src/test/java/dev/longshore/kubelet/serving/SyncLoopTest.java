package dev.longshore.kubelet.serving;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.base.ManualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SyncLoopTest {

    private static final String LATE = "sync Loop took longer than expected";

    private final ManualTime time = new ManualTime();
    private Optional<Instant> dispatching = Optional.empty();
    private Optional<Instant> runtimeWell = Optional.empty();
    private final SyncLoop loop = new SyncLoop(() -> dispatching, () -> runtimeWell, time);

    @Test
    void anIdleOneIsWell() {
        runtimeWell = Optional.of(time.now());

        assertThat(loop.problem()).isEmpty();
        time.advance(Duration.ofMinutes(5));
        assertThat(loop.problem()).isEmpty();
    }

    @Test
    void oneThatHandsAChangeOnForMoreThanFiveMinutesHangs() {
        dispatching = Optional.of(time.now());

        time.advance(Duration.ofMinutes(5));
        assertThat(loop.problem()).isEmpty();
        time.advance(Duration.ofMillis(1));
        assertThat(loop.problem()).contains(LATE);
        dispatching = Optional.empty();
        assertThat(loop.problem()).isEmpty();
    }

    @Test
    void oneWhoseRuntimeHasNotAnsweredForMoreThanFiveMinutesStandsStill() {
        runtimeWell = Optional.of(time.now());

        time.advance(Duration.ofSeconds(301));

        assertThat(loop.problem()).contains(LATE);
    }
}
