package dev.longshore.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.longshore.base.ManualTime;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class WorkQueueTest {

    private final ManualTime time = new ManualTime();
    private final WorkQueue queue = new WorkQueue(time);

    @Test
    void aKeyThatWaitsIsNotAddedAgain() {
        queue.add("a");
        queue.add("a");

        assertThat(queue.size()).isEqualTo(1);
    }

    @Test
    void aKeyAddedWhileItIsWorkedOnWaitsUntilThatIsDone() throws InterruptedException {
        queue.add("a");
        assertThat(queue.take()).contains("a");
        queue.add("a");
        assertThat(queue.size()).isZero();

        queue.done("a");

        assertThat(queue.take()).contains("a");
    }

    @Test
    void aDelayedKeyComesWhenItsTimeHasCome() {
        queue.addAfter("a", Duration.ofSeconds(10));
        time.advance(Duration.ofSeconds(9));
        assertThat(queue.size()).isZero();

        time.advance(Duration.ofSeconds(1));

        await().untilAsserted(() -> assertThat(queue.size()).isEqualTo(1));
    }

    @Test
    void failuresInARowWaitLongerAndLonger() {
        queue.retry("a");
        queue.retry("b");
        queue.forget("b");
        time.advance(Duration.ofMillis(5));
        await().untilAsserted(() -> assertThat(queue.size()).isEqualTo(2));
        queue.addAfter("never", Duration.ofDays(1));

        queue.retry("c");
        queue.retry("c");
        time.advance(Duration.ofMillis(5));

        await().untilAsserted(() -> assertThat(queue.size()).isEqualTo(3));
    }

    @Test
    void aClosedQueueLetsItsWorkersGo() throws InterruptedException {
        queue.close();

        assertThat(queue.take()).isEmpty();
    }
}
