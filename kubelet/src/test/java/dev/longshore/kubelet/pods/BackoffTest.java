package dev.longshore.kubelet.pods;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;

class BackoffTest {

    private final Instant begin = Instant.parse("2026-01-01T00:00:00Z");
    private final Backoff backoff = new Backoff();

    private ArrayList<Long> delays(int failures, Duration longest) {
        var delays = new ArrayList<Long>();
        Instant now = begin;
        for (int i = 0; i < failures; i++) {
            backoff.next(now, now, longest);
            delays.add(backoff.delay().toSeconds());
            now = now.plus(backoff.delay());
        }
        return delays;
    }

    @Test
    void delaysDoubleUpToTheLongest() {
        assertThat(delays(7, Backoff.LONGEST)).containsExactly(10L, 20L, 40L, 80L, 160L, 300L, 300L);
    }

    @Test
    void whereTheLongestIsShortTheFirstIsNoLonger() {
        assertThat(delays(3, Duration.ofSeconds(1))).containsExactly(1L, 1L, 1L);
    }

    @Test
    void twiceTheLongestInQuietIsForgotten() {
        backoff.next(begin, begin, Duration.ofSeconds(4));

        assertThat(backoff.heldUntil(begin.plusSeconds(8), begin.plusSeconds(8)))
                .hasValue(begin.plusSeconds(12));
        assertThat(backoff.heldUntil(begin.plusSeconds(9), begin.plusSeconds(9)))
                .isEmpty();
    }
}
