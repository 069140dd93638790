package dev.longshore.apiserver;

import dev.longshore.base.Time;
import dev.longshore.http.Request;
import dev.longshore.http.Response;
import dev.longshore.model.Fault;
import dev.longshore.model.FaultException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Semaphore;

/// How many requests are worked on at once, and for how long. Requests that stream (watches, logs,
/// conversations) are bound by neither: they cost a parked thread.
final class Limits {

    private static final int READS = 400;
    private static final int WRITES = 200;
    private static final Duration LONGEST = Duration.ofSeconds(60);
    private static final Set<String> READING = Set.of("get", "list", "head", "options");
    private static final Set<String> STREAMING = Set.of("log", "exec", "attach", "portforward", "proxy");

    private final Time time;
    private final Semaphore reads = new Semaphore(READS);
    private final Semaphore writes = new Semaphore(WRITES);

    Limits(Time time) {
        this.time = time;
    }

    /// Work on a request.
    @FunctionalInterface
    interface Work {
        Response run() throws IOException, InterruptedException;
    }

    Response within(Request request, RequestInfo info, Work work) throws IOException, InterruptedException {
        boolean isStream = info.verb().equals("watch") || STREAMING.contains(info.subresource());
        if (isStream) {
            return work.run();
        }
        Semaphore seats = READING.contains(info.verb()) ? reads : writes;
        if (!seats.tryAcquire()) {
            throw new FaultException(new Fault.TooManyRequests(
                    "Too many requests, please try again later.", Duration.ofSeconds(1), List.of()));
        }
        try (var limit = new Limit(Thread.currentThread())) {
            Time.Timer timer = time.schedule(LONGEST, limit::expire);
            try {
                return work.run();
            } catch (RuntimeException | InterruptedException | IOException failed) {
                if (limit.isExpired()) {
                    throw new FaultException(
                            new Fault.Timeout("request did not complete within the allotted timeout"), failed);
                }
                throw failed;
            } finally {
                timer.cancel();
            }
        } finally {
            seats.release();
        }
    }

    /// Interrupts the worker when the time is over, but never after it has finished: the thread may do other
    /// work then.
    private static final class Limit implements AutoCloseable {
        private final Thread worker;
        private boolean expired;
        private boolean closed;

        Limit(Thread worker) {
            this.worker = worker;
        }

        synchronized void expire() {
            if (!closed) {
                expired = true;
                worker.interrupt();
            }
        }

        synchronized boolean isExpired() {
            return expired;
        }

        @Override
        public synchronized void close() {
            closed = true;
            if (expired) {
                Thread.interrupted();
            }
        }
    }
}
