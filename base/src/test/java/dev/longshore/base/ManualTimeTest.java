package dev.longshore.base;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ManualTimeTest {

    private final ManualTime time = new ManualTime();
    private final List<String> ran = new ArrayList<>();

    @Test
    void runsTimersInOrderOfTheirDueTimeAsItAdvances() {
        time.schedule(Duration.ofSeconds(2), () -> ran.add("second at " + time.now()));
        time.schedule(Duration.ofSeconds(1), () -> {
            ran.add("first");
            time.schedule(Duration.ofSeconds(2), () -> ran.add("third"));
        });

        time.advance(Duration.ofSeconds(3));

        assertThat(ran).containsExactly("first", "second at 2026-01-01T00:00:02Z", "third");
    }

    @Test
    void aCancelledTimerNeverRuns() {
        time.schedule(Duration.ofSeconds(1), () -> ran.add("late")).cancel();

        time.advance(Duration.ofMinutes(1));

        assertThat(ran).isEmpty();
    }
}
