package dev.longshore.apiserver;

import dev.longshore.apiserver.relay.Deadline;
import dev.longshore.base.GoDurations;
import dev.longshore.base.Time;
import dev.longshore.http.Request;
import dev.longshore.http.Response;
import dev.longshore.model.Fault;
import dev.longshore.model.FaultException;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// How long a request is worked on: a minute, or less if the client says so (`timeout=10s`). Requests that
/// stream are not bound: they cost a parked thread.
final class TimeLimit {

    static final Duration LONGEST = Duration.ofMinutes(1);

    private static final Duration LONGEST_WRITE = Duration.ofSeconds(34);

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

    /// Until when a write that begins now may go on; whoever it asks must answer until then.
    static Instant ofWrite(Request request, RequestInfo info, Time time) {
        Duration whole = of(request, info).orElse(LONGEST_WRITE);
        return time.now().plus(whole.compareTo(LONGEST_WRITE) < 0 ? whole : LONGEST_WRITE);
    }

    Response within(Duration span, Work work) throws IOException, InterruptedException {
        try (var deadline = Deadline.begin(time, span)) {
            try {
                return work.run();
            } catch (RuntimeException | InterruptedException | IOException failed) {
                if (deadline.isOver()) {
                    throw new FaultException(new Fault.Timeout(OVER), failed);
                }
                throw failed;
            }
        }
    }
}
