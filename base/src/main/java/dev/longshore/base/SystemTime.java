package dev.longshore.base;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One daemon thread keeps the timers; the tasks themselves run on virtual threads, so a slow task delays no
/// other.
final class SystemTime implements Time {

    static final SystemTime INSTANCE = new SystemTime();

    private static final Logger log = LoggerFactory.getLogger(SystemTime.class);

    private final ScheduledThreadPoolExecutor timers;

    private SystemTime() {
        timers = new ScheduledThreadPoolExecutor(
                1, Thread.ofPlatform().daemon().name("time").factory());
        timers.setRemoveOnCancelPolicy(true);
    }

    @Override
    public Instant now() {
        return Instant.now();
    }

    @Override
    public long nanoTime() {
        return System.nanoTime();
    }

    @Override
    public void sleep(Duration span) throws InterruptedException {
        if (span.isPositive()) {
            Thread.sleep(span);
        }
    }

    @Override
    public Timer schedule(Duration delay, Runnable task) {
        var pending = timers.schedule(
                () -> {
                    Thread.ofVirtual().name("timer").start(() -> run(task));
                },
                Math.max(0, delay.toNanos()),
                TimeUnit.NANOSECONDS);
        return () -> pending.cancel(false);
    }

    private static void run(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException failure) {
            log.error("a timer's task failed", failure);
        }
    }
}
