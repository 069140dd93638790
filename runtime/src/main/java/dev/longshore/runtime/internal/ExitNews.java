package dev.longshore.runtime.internal;

import dev.longshore.runtime.ContainerStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Carries exits to listeners on a thread of its own, in order. What nobody has heard yet waits for the first
/// listener: exits found at the start come before anybody can have subscribed. Each container ends once, so the
/// queue is bounded by the number of containers.
public final class ExitNews implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(ExitNews.class);

    private final BlockingQueue<ContainerStatus> queue = new LinkedBlockingQueue<>();
    private final List<Consumer<ContainerStatus>> listeners = new CopyOnWriteArrayList<>();
    private final List<ContainerStatus> unheard = new ArrayList<>();
    private Thread thread;

    /// Begins to deliver.
    public synchronized void start() {
        thread = Thread.ofVirtual().name("container-exit-news").start(this::deliver);
    }

    /// Adds an exit.
    public void publish(ContainerStatus status) {
        queue.add(status);
    }

    /// Adds a listener; closing the handle takes it away.
    public Subscription subscribe(Consumer<ContainerStatus> listener) {
        synchronized (unheard) {
            listeners.add(listener);
            queue.addAll(unheard);
            unheard.clear();
        }
        return () -> listeners.remove(listener);
    }

    private void deliver() {
        try {
            while (true) {
                ContainerStatus status = queue.take();
                if (!keep(status)) {
                    listeners.forEach(listener -> tell(listener, status));
                }
            }
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean keep(ContainerStatus status) {
        synchronized (unheard) {
            return listeners.isEmpty() && unheard.add(status);
        }
    }

    private static void tell(Consumer<ContainerStatus> listener, ContainerStatus status) {
        try {
            listener.accept(status);
        } catch (RuntimeException failure) {
            log.error("a listener failed at the exit of {}", status.id(), failure);
        }
    }

    @Override
    public synchronized void close() {
        if (thread != null) {
            thread.interrupt();
        }
    }

    /// A listener's handle.
    @FunctionalInterface
    public interface Subscription extends AutoCloseable {
        @Override
        void close();
    }
}
