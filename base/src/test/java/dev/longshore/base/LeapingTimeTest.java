package dev.longshore.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class LeapingTimeTest {

    private final ManualTime beneath = new ManualTime();
    private final LeapingTime time = new LeapingTime(beneath);
    private final List<String> ran = new ArrayList<>();

    @Test
    void flowsAsTheClockBeneathAndStaysAheadByItsLeaps() {
        Instant start = beneath.now();
        long before = time.nanoTime();

        time.leap(Duration.ofHours(1));
        beneath.advance(Duration.ofSeconds(1));

        assertThat(time.now()).isEqualTo(start.plusSeconds(3601));
        assertThat(time.nanoTime() - before).isEqualTo(Duration.ofSeconds(3601).toNanos());
    }

    @Test
    void timersOfALeapRunInOrderAndLaterOnesComeSoonerByIt() {
        time.schedule(Duration.ofSeconds(90), () -> ran.add("after the leap"));
        time.schedule(Duration.ofSeconds(50), () -> ran.add("second"));
        time.schedule(Duration.ofSeconds(40), () -> ran.add("first"));

        time.leap(Duration.ofMinutes(1));
        beneath.advance(Duration.ZERO);
        assertThat(ran).containsExactly("first", "second");

        beneath.advance(Duration.ofSeconds(30));
        assertThat(ran).containsExactly("first", "second", "after the leap");
    }

    @Test
    void aCancelledTimerNeverRunsAndNoTimerRunsTwice() {
        time.schedule(Duration.ofSeconds(1), () -> ran.add("cancelled")).cancel();
        time.schedule(Duration.ofSeconds(2), () -> ran.add("once"));

        time.leap(Duration.ofSeconds(1));
        time.leap(Duration.ofSeconds(1));
        beneath.advance(Duration.ofMinutes(1));

        assertThat(ran).containsExactly("once");
    }

    @Test
    void aLeapWakesSleepers() throws InterruptedException {
        var awake = new CountDownLatch(1);
        Thread sleeper = Thread.ofVirtual().start(() -> {
            try {
                time.sleep(Duration.ofHours(1));
                awake.countDown();
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
            }
        });
        await("the sleeper's timer")
                .atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(5))
                .until(() -> beneath.timers() > 0);

        time.leap(Duration.ofHours(1));
        beneath.advance(Duration.ZERO);

        assertThat(awake.await(30, TimeUnit.SECONDS)).isTrue();
        sleeper.join();
    }

    @Test
    void nothingLeadsBack() {
        assertThatThrownBy(() -> time.leap(Duration.ofSeconds(-1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a leap back by PT-1S");
    }
}
