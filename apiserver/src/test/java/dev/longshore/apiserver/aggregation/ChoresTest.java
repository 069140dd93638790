package dev.longshore.apiserver.aggregation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.longshore.base.ManualTime;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ChoresTest {

    private static final Duration SECOND = Duration.ofSeconds(1);

    private final ManualTime time = new ManualTime();
    private final LinkedBlockingQueue<String> ran = new LinkedBlockingQueue<>();
    private final Semaphore mayEnd = new Semaphore(0);
    private volatile boolean isFailing;
    private volatile Optional<Duration> again = Optional.empty();
    private final Chores chores =
            new Chores("test", 2, time, new Chores.Backoff(SECOND, Duration.ofSeconds(3)), this::run);

    private Optional<Duration> run(String name) throws Chores.FailedException, InterruptedException {
        ran.add(name);
        mayEnd.acquire();
        if (isFailing) {
            throw new Chores.FailedException("not today");
        }
        return again;
    }

    @AfterEach
    void close() {
        chores.close();
    }

    private void begins(String name) throws InterruptedException {
        assertThat(ran.poll(30, TimeUnit.SECONDS)).isEqualTo(name);
    }

    private void ends(int timers) {
        mayEnd.release();
        await(timers + " timers")
                .atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(5))
                .until(() -> time.timers() >= timers);
    }

    @Test
    void whatComesUpWhileItIsDoneIsDoneOnceMore() throws InterruptedException {
        chores.add("a");
        begins("a");
        chores.add("a");
        chores.add("a");
        assertThat(ran).isEmpty();
        mayEnd.release(2);

        begins("a");
        chores.add("b");
        begins("b");
        assertThat(ran).isEmpty();
    }

    @Test
    void whatFailsIsTriedAgainLaterEachTime() throws InterruptedException {
        isFailing = true;
        chores.add("a");
        begins("a");
        ends(1);
        for (int pause : new int[] {1, 2, 3, 3}) {
            time.advance(Duration.ofSeconds(pause).minusMillis(1));
            assertThat(ran).isEmpty();
            time.advance(Duration.ofMillis(1));
            begins("a");
            ends(1);
        }
    }

    @Test
    void aReminderDoesNotHurryWhatFailed() throws InterruptedException {
        isFailing = true;
        chores.add("a");
        begins("a");
        ends(1);

        chores.remind("a");
        assertThat(ran).isEmpty();
        time.advance(SECOND);

        begins("a");
    }

    @Test
    void whatIsDoneComesUpAgainAfterThePauseThatItAskedFor() throws InterruptedException {
        again = Optional.of(Duration.ofSeconds(30));
        chores.add("a");
        begins("a");
        ends(1);

        time.advance(Duration.ofSeconds(30));
        begins("a");
    }

    @Test
    void whatIsForgottenDoesNotComeUp() throws InterruptedException {
        again = Optional.of(SECOND);
        chores.add("a");
        begins("a");
        ends(1);
        chores.forget("a");

        time.advance(Duration.ofMinutes(1));

        assertThat(ran).isEmpty();
    }
}
