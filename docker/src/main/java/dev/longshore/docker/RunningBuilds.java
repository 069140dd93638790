package dev.longshore.docker;

import java.util.HashMap;
import java.util.Map;

/// Builds under way that can be cancelled by the id that their client chose. Thread-safe.
final class RunningBuilds {

    private final Map<String, Thread> threads = new HashMap<>();

    /// The calling thread does the build `id`, until the answer is closed; an empty id cannot be cancelled.
    Running begin(String id) {
        if (id.isEmpty()) {
            return () -> {};
        }
        Thread worker = Thread.currentThread();
        synchronized (threads) {
            threads.put(id, worker);
        }
        return () -> {
            synchronized (threads) {
                threads.remove(id, worker);
            }
        };
    }

    /// Interrupts the build `id`; nothing happens if there is none.
    void cancel(String id) {
        synchronized (threads) {
            Thread worker = threads.get(id);
            if (worker != null) {
                worker.interrupt();
            }
        }
    }

    /// A build that is no longer cancelled once this is closed.
    interface Running extends AutoCloseable {
        @Override
        void close();
    }
}
