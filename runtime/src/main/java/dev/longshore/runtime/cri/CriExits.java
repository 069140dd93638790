package dev.longshore.runtime.cri;

import dev.longshore.base.Time;
import dev.longshore.runtime.ContainerStatus;
import dev.longshore.runtime.RuntimeFaultException;
import dev.longshore.runtime.cri.proto.Container;
import dev.longshore.runtime.cri.proto.ContainerState;
import dev.longshore.runtime.internal.ExitNews;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Finds the containers that have ended by asking for the list once a second, as kubelets do, and at once when
/// somebody knows that something has happened.
final class CriExits implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(CriExits.class);
    private static final Duration PERIOD = Duration.ofSeconds(1);

    private final CriContainers containers;
    private final CriLogs logs;
    private final Time time;
    private final ExitNews news = new ExitNews();
    private final Semaphore due = new Semaphore(0);
    private final Set<String> told = new HashSet<>();
    private Thread thread;
    private boolean isFailing;

    CriExits(CriContainers containers, CriLogs logs, Time time) {
        this.containers = containers;
        this.logs = logs;
        this.time = time;
    }

    void start() {
        news.start();
        thread = Thread.ofVirtual().name("cri-exits").start(this::watch);
    }

    /// Looks soon.
    void look() {
        due.release();
    }

    ExitNews.Subscription subscribe(Consumer<ContainerStatus> listener) {
        return news.subscribe(listener);
    }

    @Override
    public void close() {
        if (thread != null) {
            thread.interrupt();
        }
        news.close();
    }

    private void watch() {
        try {
            while (true) {
                lookNow();
                Time.Timer timer = time.schedule(PERIOD, due::release);
                try {
                    due.acquire();
                    due.drainPermits();
                } finally {
                    timer.cancel();
                }
            }
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        }
    }

    private void lookNow() throws InterruptedException {
        try {
            List<Container> all = containers.told();
            var there = new HashSet<String>();
            for (Container container : all) {
                there.add(container.getId());
                if (container.getState() == ContainerState.CONTAINER_EXITED && told.add(container.getId())) {
                    containers.status(container.getId()).ifPresent(news::publish);
                }
            }
            told.retainAll(there);
            logs.check(all, containers::status);
            isFailing = false;
        } catch (RuntimeFaultException fault) {
            if (Thread.currentThread().isInterrupted()) {
                throw new InterruptedException();
            }
            if (!isFailing) {
                log.warn("the container runtime cannot be asked: {}", fault.getMessage());
            }
            isFailing = true;
        }
    }
}
