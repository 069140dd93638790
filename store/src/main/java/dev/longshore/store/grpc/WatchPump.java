package dev.longshore.store.grpc;

import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Gives watches that have news a turn to send them, one after the other: ten thousand threads that are woken for one
/// message each cost several times as much. Its thread lives as long as there are news.
final class WatchPump {

    private static final Logger log = LoggerFactory.getLogger(WatchPump.class);

    private final Queue<Turn> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean isRunning = new AtomicBoolean();
    private final LastEvent events = new LastEvent();

    /// What is done for one watch; must not wait for its client or the disk. Each waits here at most once.
    @FunctionalInterface
    interface Turn {
        void take(LastEvent events);
    }

    void add(Turn turn) {
        waiting.add(turn);
        start();
    }

    private void start() {
        if (!isRunning.get() && isRunning.compareAndSet(false, true)) {
            Thread.ofVirtual().name("etcd-watches").start(this::run);
        }
    }

    private void run() {
        for (var next = Optional.ofNullable(waiting.poll()); next.isPresent(); ) {
            try {
                next.get().take(events);
            } catch (RuntimeException bug) {
                log.warn("a watch failed", bug);
            }
            next = Optional.ofNullable(waiting.poll());
        }
        isRunning.set(false);
        if (!waiting.isEmpty()) {
            start();
        }
    }
}
