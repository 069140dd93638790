package dev.longshore.network;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.base.ManualTime;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class DebounceTest {

    private static final Duration DELAY = Duration.ofMillis(20);

    private final ManualTime time = new ManualTime();
    private final AtomicInteger runs = new AtomicInteger();

    @Test
    void makesOneRunOfManyRequests() {
        var debounce = new Debounce("test", time, DELAY, runs::incrementAndGet);

        var first = debounce.request();
        var second = debounce.request();
        time.advance(DELAY);

        assertThat(runs).hasValue(1);
        assertThat(first).isSameAs(second).isCompleted();
    }

    @Test
    void runsAgainForWhatIsAskedDuringARun() {
        var holder = new Debounce[1];
        holder[0] = new Debounce("test", time, DELAY, () -> {
            if (runs.incrementAndGet() == 1) {
                holder[0].request();
            }
        });

        holder[0].request();
        time.advance(DELAY);
        assertThat(runs).hasValue(1);
        time.advance(DELAY);

        assertThat(runs).hasValue(2);
    }

    @Test
    void triesAgainAfterAFailure() {
        var debounce = new Debounce("test", time, DELAY, () -> {
            if (runs.incrementAndGet() == 1) {
                throw new IllegalStateException("not yet");
            }
        });

        var request = debounce.request();
        time.advance(DELAY);
        assertThat(request).isCompletedExceptionally();
        time.advance(Duration.ofSeconds(2));

        assertThat(runs).hasValue(2);
    }

    @Test
    void runsNothingOnceClosed() {
        var debounce = new Debounce("test", time, DELAY, runs::incrementAndGet);

        debounce.request();
        debounce.close();
        time.advance(DELAY);

        assertThat(runs).hasValue(0);
        assertThat(debounce.request()).isCompletedExceptionally();
    }
}
