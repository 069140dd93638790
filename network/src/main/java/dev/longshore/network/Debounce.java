package dev.longshore.network;

import dev.longshore.base.Time;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Runs one task whenever asked, never twice at once; what is asked for within a short while becomes one run. A
/// run that fails is tried again.
final class Debounce implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Debounce.class);
    private static final Duration AFTER_FAILURE = Duration.ofSeconds(1);

    private static final Duration LAST_RUN = Duration.ofSeconds(30);

    /// A task that may fail.
    interface Task {
        void run() throws InterruptedException;
    }

    private final Time time;
    private final Duration delay;
    private final Task task;
    private final String name;
    private CompletableFuture<Void> next;
    private CompletableFuture<Void> running = CompletableFuture.completedFuture(null);
    private boolean isClosed;

    Debounce(String name, Time time, Duration delay, Task task) {
        this.name = name;
        this.time = time;
        this.delay = delay;
        this.task = task;
    }

    /// Asks for a run that begins after this call; the result completes when that run has ended.
    synchronized CompletableFuture<Void> request() {
        if (isClosed) {
            return CompletableFuture.failedFuture(new IllegalStateException(name + " is closed"));
        }
        if (next == null) {
            next = new CompletableFuture<>();
            if (running.isDone()) {
                time.schedule(delay, this::run);
            }
        }
        return next;
    }

    private void run() {
        CompletableFuture<Void> mine;
        synchronized (this) {
            if (isClosed || next == null) {
                return;
            }
            mine = next;
            running = mine;
            next = null;
        }
        Throwable failure = attempt();
        synchronized (this) {
            if (failure == null) {
                mine.complete(null);
            } else {
                mine.completeExceptionally(failure);
            }
            if (next != null) {
                time.schedule(failure == null ? delay : AFTER_FAILURE, this::run);
            } else if (failure != null) {
                time.schedule(AFTER_FAILURE, this::request);
            }
        }
    }

    private Throwable attempt() {
        try {
            task.run();
            return null;
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            return stopped;
        } catch (RuntimeException failure) {
            log.warn("{} failed, and is tried again: {}", name, failure.getMessage());
            return failure;
        }
    }

    /// Lets no run begin any more and waits for the one under way.
    @Override
    public void close() {
        CompletableFuture<Void> last;
        synchronized (this) {
            isClosed = true;
            if (next != null) {
                next.cancel(false);
            }
            last = running;
        }
        last.exceptionally(failed -> null)
                .completeOnTimeout(null, LAST_RUN.toSeconds(), TimeUnit.SECONDS)
                .join();
    }
}
