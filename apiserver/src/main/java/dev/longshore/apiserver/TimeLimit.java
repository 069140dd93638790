package dev.longshore.apiserver;

import dev.longshore.base.GoDurations;
import dev.longshore.base.Time;
import dev.longshore.http.Request;
import dev.longshore.http.Response;
import dev.longshore.model.Fault;
import dev.longshore.model.FaultException;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/// How long a request is worked on: a minute, or less if the client says so (`timeout=10s`). Requests that
/// stream are not bound: they cost a parked thread.
final class TimeLimit {

    static final Duration LONGEST = Duration.ofMinutes(1);

    static final String OVER = "Timeout: request did not complete within the allotted timeout";

    private final Time time;

    TimeLimit(Time time) {
        this.time = time;
    }

    /// Work on a request.
    @FunctionalInterface
    interface Work {
        Response run() throws IOException, InterruptedException;
    }

    /// The time that a request of this kind has; empty for those that stream.
    ///
    /// @throws FaultException with [Fault.BadRequest] when the client's own limit is no duration
    static Optional<Duration> of(Request request, RequestInfo info) {
        if (info.isLongRunning()) {
            return Optional.empty();
        }
        String asked = request.query().first("timeout").orElse("");
        if (asked.isEmpty()) {
            return Optional.of(LONGEST);
        }
        try {
            Duration span = GoDurations.parse(asked);
            // Zero is Go's way to say: none of my own.
            boolean isShorter = span.isPositive() && span.compareTo(LONGEST) < 0;
            return Optional.of(isShorter ? span : LONGEST);
        } catch (IllegalArgumentException unreadable) {
            throw new FaultException(
                    new Fault.BadRequest("invalid timeout specified in the request URL - " + unreadable.getMessage()),
                    unreadable);
        }
    }

    Response within(Duration span, Work work) throws IOException, InterruptedException {
        try (var limit = new Limit(Thread.currentThread())) {
            Time.Timer timer = time.schedule(span, limit::expire);
            try {
                return work.run();
            } catch (RuntimeException | InterruptedException | IOException failed) {
                if (limit.isExpired()) {
                    throw new FaultException(new Fault.Timeout(OVER), failed);
                }
                throw failed;
            } finally {
                timer.cancel();
            }
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
