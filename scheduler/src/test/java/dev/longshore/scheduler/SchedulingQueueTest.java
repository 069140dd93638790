package dev.longshore.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.longshore.base.ManualTime;
import dev.longshore.scheduler.framework.ClusterEvent;
import dev.longshore.scheduler.framework.PodView;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class SchedulingQueueTest {

    private static final Set<ClusterEvent> ROOM = Set.of(ClusterEvent.POD_GONE);

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
        queue.setAside(pod, queue.mark(), ROOM);
        var next = CompletableFuture.supplyAsync(this::take);
        time.advance(Duration.ofSeconds(2));
        assertThat(next).isNotDone();

        queue.move(ROOM);

        await().untilAsserted(() -> assertThat(next).isCompletedWithValue("a"));
    }

    @Test
    void whatMovedDuringTheDecisionCounts() throws InterruptedException {
        queue.add(pod("a", 0));
        PodView pod = queue.take().orElseThrow();
        long mark = queue.mark();
        queue.move(ROOM);

        queue.setAside(pod, mark, ROOM);
        var next = CompletableFuture.supplyAsync(this::take);
        time.advance(Duration.ofSeconds(1));

        await().untilAsserted(() -> assertThat(next).isCompletedWithValue("a"));
    }

    @Test
    void whatCannotHelpMovesNothing() throws InterruptedException {
        setAside("a");

        queue.move(Set.of(ClusterEvent.NODE_LABELS));
        time.advance(Duration.ofMinutes(1));

        assertThat(isSomebodyReady()).isFalse();
    }

    @Test
    void whoIsSetAsideComesBackAfterFiveMinutesByItself() throws InterruptedException {
        setAside("a");
        var next = CompletableFuture.supplyAsync(this::take);

        time.advance(Duration.ofMinutes(5));

        await().untilAsserted(() -> assertThat(next).isCompletedWithValue("a"));
    }

    @Test
    void backOffDoublesWithEachAttemptUpToTenSeconds() throws InterruptedException {
        queue.add(pod("a", 0));
        for (int seconds : new int[] {1, 2, 4, 8, 10, 10}) {
            queue.retry(queue.take().orElseThrow());
            time.advance(Duration.ofSeconds(seconds).minusMillis(1));
            assertThat(isSomebodyReady()).isFalse();
            time.advance(Duration.ofMillis(1));
            await().until(this::isSomebodyReady);
        }
    }

    @Test
    void whoWasTriedStandsBehindWhoWasNot() throws InterruptedException {
        queue.add(pod("a", 0));
        PodView tried = queue.take().orElseThrow();
        queue.add(pod("b", 0));
        queue.retry(tried);
        time.advance(Duration.ofSeconds(1));
        await().until(() -> queue.isActive("uid-a"));

        assertThat(take()).isEqualTo("b");
        assertThat(take()).isEqualTo("a");
    }

    @Test
    void aPodThatChangesWhileItIsDecidedIsNotHandedOutTwice() throws InterruptedException {
        queue.add(pod("a", 0));
        PodView taken = queue.take().orElseThrow();

        queue.add(pod("a", 5));

        assertThat(isSomebodyReady()).isFalse();
        queue.setAside(taken, queue.mark(), ROOM);
        time.advance(Duration.ofSeconds(1));
        await().until(this::isSomebodyReady);
        assertThat(queue.take().map(PodView::priority)).contains(5);
    }

    @Test
    void thousandsWaitOnOneTimer() throws InterruptedException {
        for (int i = 0; i < 5000; i++) {
            setAside("p" + i);
        }
        queue.move(ROOM);

        time.advance(Duration.ofSeconds(1));

        await().until(() -> queue.isActive("uid-p4999"));
        assertThat(queue.size()).isEqualTo(5000);
    }

    private void setAside(String name) throws InterruptedException {
        queue.add(pod(name, 0));
        queue.setAside(queue.take().orElseThrow(), queue.mark(), ROOM);
    }

    private boolean isSomebodyReady() {
        return queue.active() > 0;
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
                List.of(),
                List.of(),
                Set.of(),
                Optional.empty(),
                Optional.empty(),
                false);
    }
}
