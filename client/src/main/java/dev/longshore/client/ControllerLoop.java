package dev.longshore.client;

import dev.longshore.base.Time;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Takes keys from a queue and reconciles them, on virtual threads of its own. Failures are logged once each
/// and tried again with back-off; conflicts are tried again without a word, since the next look sees the newer
/// object.
public final class ControllerLoop implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(ControllerLoop.class);
    private static final Duration JOIN_LIMIT = Duration.ofSeconds(5);
    private static final int CONFLICT = 409;

    private final String name;
    private final Reconciler reconciler;
    private final int workers;
    private final WorkQueue queue;
    private final List<Thread> threads = new ArrayList<>();

    /// A loop called `name` with `workers` threads, not yet started.
    public ControllerLoop(String name, Reconciler reconciler, int workers, Time time) {
        this.name = name;
        this.reconciler = reconciler;
        this.workers = workers;
        this.queue = new WorkQueue(time);
    }

    /// Where to put keys.
    public WorkQueue queue() {
        return queue;
    }

    /// Starts working.
    public void start() {
        for (int i = 0; i < workers; i++) {
            threads.add(Thread.ofVirtual().name(name + "-" + i).start(this::work));
        }
    }

    /// Lets running reconciliations end, for a few seconds, and interrupts those that do not.
    @Override
    public void close() {
        queue.close();
        for (Thread thread : threads) {
            try {
                if (!thread.join(JOIN_LIMIT)) {
                    thread.interrupt();
                }
            } catch (InterruptedException interrupted) {
                threads.forEach(Thread::interrupt);
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private void work() {
        try {
            for (Optional<String> key = queue.take(); key.isPresent(); key = queue.take()) {
                reconcile(key.get());
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private void reconcile(String key) throws InterruptedException {
        try {
            switch (reconciler.reconcile(key)) {
                case Outcome.Done() -> queue.forget(key);
                case Outcome.RetryAfter(Duration delay) -> {
                    queue.forget(key);
                    queue.addAfter(key, delay);
                }
                case Outcome.GiveUp(String why) -> {
                    queue.forget(key);
                    log.warn("{}: gave up on {}: {}", name, key, why);
                }
            }
        } catch (KubernetesClientException refused) {
            if (refused.getCode() != CONFLICT) {
                log.warn("{}: {} failed, will be tried again: {}", name, key, refused.getMessage());
            }
            queue.retry(key);
        } catch (RuntimeException broken) {
            log.error("{}: {} failed, will be tried again", name, key, broken);
            queue.retry(key);
        } finally {
            queue.done(key);
        }
    }
}
