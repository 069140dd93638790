package dev.longshore.apiserver.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.longshore.apiserver.audit.AuditOptions.BatchOptions;
import dev.longshore.apiserver.audit.AuditOptions.Throttle;
import dev.longshore.base.ManualTime;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class BatchingSinkTest {

    private final ManualTime time = new ManualTime();
    private final AuditTally tally = new AuditTally();
    private final Events.Kept kept = new Events.Kept();

    @Test
    void aFullBatchGoesAtOnceAndAnotherWhenItsTimeIsOver() throws InterruptedException {
        try (var sink = BatchingSink.start(kept, options(10, 2, false), tally, time)) {
            sink.take(List.of(Events.named("a"), Events.named("b"), Events.named("c")));
            assertThat(kept.batches(1)).containsExactly(List.of("a", "b"));

            await("the timer of the second batch")
                    .atMost(Duration.ofSeconds(30))
                    .pollInterval(Duration.ofMillis(5))
                    .until(() -> time.timers() > 0);
            time.advance(Duration.ofSeconds(30));
            assertThat(kept.batches(2)).containsExactly(List.of("a", "b"), List.of("c"));
        }
    }

    @Test
    void whatWaitsAtTheEndGoesAllTheSameAndNothingComesAfterwards() {
        var sink = BatchingSink.start(kept, options(100, 3, true), tally, time);
        sink.take(IntStream.range(0, 8).mapToObj(i -> Events.named("e" + i)).toList());

        sink.close();

        assertThat(kept.batches.stream().mapToInt(List::size).sum()).isEqualTo(8);
        assertThat(kept.isClosed).isTrue();
        assertThat(sink.take(List.of(Events.named("late")))).isTrue();
        assertThat(tally.errors()).isEqualTo(Map.of("buffered", 1L));
    }

    @Test
    void aFullBufferLosesWhatComesAndRequestsDoNotWait() throws InterruptedException {
        var mayGoOn = new CountDownLatch(1);
        var begun = new CountDownLatch(1);
        var slow = new AuditSink() {
            @Override
            public boolean take(List<AuditEvent> events) {
                begun.countDown();
                try {
                    mayGoOn.await();
                } catch (InterruptedException stopped) {
                    Thread.currentThread().interrupt();
                }
                return kept.take(events);
            }

            @Override
            public void close() {}
        };
        try (var sink = BatchingSink.start(slow, options(2, 1, false), tally, time)) {
            sink.take(List.of(Events.named("a")));
            assertThat(begun.await(30, TimeUnit.SECONDS)).as("a batch has gone").isTrue();
            sink.take(List.of(Events.named("b"), Events.named("c"), Events.named("d"), Events.named("e")));
            assertThat(tally.errors()).isEqualTo(Map.of("buffered", 2L));
            mayGoOn.countDown();
        }
        assertThat(kept.batches).containsExactly(List.of("a"), List.of("b"), List.of("c"));
    }

    @Test
    void aThrottleLetsABurstPassAndThenSoManyInASecond() throws InterruptedException {
        var options = new BatchOptions(10, 1, Duration.ZERO, Optional.of(new Throttle(2, 3)), false);
        try (var sink = BatchingSink.start(kept, options, tally, time)) {
            sink.take(IntStream.range(0, 4).mapToObj(i -> Events.named("e" + i)).toList());
            kept.batches(3);
            assertThat(kept.batches).hasSize(3);
            time.advance(Duration.ofMillis(500));
            assertThat(kept.batches(4)).hasSize(4);
        }
    }

    private static BatchOptions options(int buffer, int most, boolean isConcurrent) {
        return new BatchOptions(buffer, most, Duration.ofSeconds(30), Optional.empty(), isConcurrent);
    }
}
