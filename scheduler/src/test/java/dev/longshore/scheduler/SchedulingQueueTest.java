package dev.longshore.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.longshore.base.ManualTime;
import dev.longshore.scheduler.framework.PodView;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class SchedulingQueueTest {

    private final ManualTime time = new ManualTime();
    private final SchedulingQueue queue = new SchedulingQueue(time);

    @Test
    void theMoreImportantPodGoesFirstThenTheOlder() throws InterruptedException {
        queue.add(pod("a", 0));
        queue.add(pod("b", 0));
        queue.add(pod("c", 100));

        assertThat(queue.take().map(PodView::name)).contains("c");
        assertThat(queue.take().map(PodView::name)).contains("a");
        assertThat(queue.take().map(PodView::name)).contains("b");
    }

    @Test
    void aPodThatFitsNowhereComesBackWhenSomethingMoves() throws InterruptedException {
        queue.add(pod("a", 0));
        PodView pod = queue.take().orElseThrow();
        queue.setAside(pod, queue.mark());
        var next = CompletableFuture.supplyAsync(this::take);
        time.advance(Duration.ofSeconds(2));
        assertThat(next).isNotDone();

        queue.moveAll();

        await().untilAsserted(() -> assertThat(next).isCompletedWithValue("a"));
    }

    @Test
    void whatMovedDuringTheDecisionCounts() throws InterruptedException {
        queue.add(pod("a", 0));
        PodView pod = queue.take().orElseThrow();
        long mark = queue.mark();
        queue.moveAll();

        queue.setAside(pod, mark);
        var next = CompletableFuture.supplyAsync(this::take);
        time.advance(Duration.ofSeconds(1));

        await().untilAsserted(() -> assertThat(next).isCompletedWithValue("a"));
    }

    private String take() {
        try {
            return queue.take().map(PodView::name).orElse("");
        } catch (InterruptedException stopped) {
            throw new IllegalStateException(stopped);
        }
    }

    private static PodView pod(String name, int priority) {
        return new PodView(
                "default",
                name,
                "uid-" + name,
                Map.of(),
                priority,
                Map.of(),
                Map.of(),
                Optional.empty(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                Optional.empty(),
                Optional.empty(),
                false);
    }
}
