package dev.longshore.images.registry.retention;

import dev.longshore.base.Time;
import java.io.IOException;
import java.time.Duration;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Sweeps a registry every so often, from [#start] to [#close].
public final class Maintenance implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Maintenance.class);

    private final Retention retention;
    private final Duration every;
    private final Time time;
    private final Consumer<Retention.Swept> told;
    private Time.Timer next;
    private Thread running;
    private boolean isClosed;

    /// @param told hears of every sweep
    public Maintenance(Retention retention, Duration every, Time time, Consumer<Retention.Swept> told) {
        this.retention = retention;
        this.every = every;
        this.time = time;
        this.told = told;
    }

    /// The first sweep comes after one span: not while everything starts.
    public synchronized void start() {
        if (!isClosed) {
            next = time.schedule(every, this::sweep);
        }
    }

    /// Ends it; a sweep that runs is interrupted, which harms nothing.
    @Override
    public synchronized void close() {
        isClosed = true;
        if (next != null) {
            next.cancel();
        }
        if (running != null) {
            running.interrupt();
        }
    }

    private void sweep() {
        synchronized (this) {
            if (isClosed) {
                return;
            }
            running = Thread.currentThread();
        }
        try {
            Retention.Swept swept = retention.sweep();
            told.accept(swept);
            if (swept.tags() + swept.manifests() + swept.freed().blobs() > 0) {
                log.info("registry swept: {}", swept);
            }
        } catch (IOException | RuntimeException failed) {
            log.warn("the registry could not be swept; the next round tries again", failed);
        } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
        } finally {
            synchronized (this) {
                running = null;
            }
            start();
        }
    }
}
