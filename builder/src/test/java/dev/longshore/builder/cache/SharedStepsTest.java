package dev.longshore.builder.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.base.Digest;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class SharedStepsTest {

    private static final StepKey KEY = StepKey.of(Digest.sha256(new byte[0]), "RUN x", "");
    private static final StepRecord DONE = new StepRecord(Instant.EPOCH, "RUN x", Optional.empty());

    private final SharedSteps steps = new SharedSteps();

    @Test
    void manyWhoWantTheSameAtOnceGetItFromOneAndHearAllOfIt() throws Exception {
        var runs = new AtomicInteger();
        var joined = new CountDownLatch(20);
        var tasks = new ArrayList<FutureTask<String>>();
        for (int i = 0; i < 20; i++) {
            var task = new FutureTask<>(() -> {
                var heard = new StringBuffer();
                Optional<StepRecord> record = steps.run(
                        KEY,
                        text -> {
                            heard.append(text);
                            if (text.startsWith("begins")) {
                                joined.countDown();
                            }
                        },
                        log -> {
                            runs.incrementAndGet();
                            log.accept("begins ");
                            assertThat(joined.await(20, TimeUnit.SECONDS)).isTrue();
                            log.accept("ends");
                            return DONE;
                        });
                assertThat(record).contains(DONE);
                return heard.toString();
            });
            tasks.add(task);
            Thread.ofVirtual().start(task);
        }

        for (FutureTask<String> task : tasks) {
            assertThat(task.get(20, TimeUnit.SECONDS)).isEqualTo("begins ends");
        }
        assertThat(runs).hasValue(1);
    }

    @Test
    void whoeverFollowedOneThatFailedMayTryForHimself() throws Exception {
        var begun = new CountDownLatch(1);
        var fails = new CountDownLatch(1);
        var failing = new FutureTask<>(() -> steps.run(KEY, text -> {}, log -> {
            begun.countDown();
            fails.await();
            throw new IOException("broken");
        }));
        Thread.ofVirtual().start(failing);
        begun.await();
        List<String> heard = new ArrayList<>();
        var follower = new FutureTask<>(() -> steps.run(KEY, heard::add, log -> {
            throw new AssertionError("somebody else does it");
        }));
        Thread following = Thread.ofVirtual().start(follower);
        org.awaitility.Awaitility.await().until(() -> following.getState() == Thread.State.WAITING);

        fails.countDown();

        assertThat(follower.get(20, TimeUnit.SECONDS)).isEmpty();
        assertThatThrownBy(() -> failing.get(20, TimeUnit.SECONDS)).hasRootCauseMessage("broken");
        assertThat(steps.run(KEY, heard::add, log -> DONE)).contains(DONE);
    }
}
