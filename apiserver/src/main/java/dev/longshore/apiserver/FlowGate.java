package dev.longshore.apiserver;

import dev.longshore.apiserver.flow.FlowControl;
import dev.longshore.apiserver.flow.FlowControl.Entry;
import dev.longshore.apiserver.flow.Seat;
import dev.longshore.base.Time;
import dev.longshore.http.Headers;
import dev.longshore.http.Request;
import dev.longshore.http.Response;
import dev.longshore.model.Authorizer.Attributes;
import dev.longshore.model.Fault;
import dev.longshore.model.FaultException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// Where requests meet flow control: each is let in, waits, or is sent away. A watch holds its seat until it has
/// sent what is there; whatever else streams is not counted.
final class FlowGate {

    private static final Duration LONGEST_WAIT = Duration.ofMinutes(1);
    /// By when an answer must have begun; nobody tells us when its reader has gone before.
    private static final Duration BEGIN = Duration.ofMinutes(1);

    private final FlowControl control;
    private final RequestWidths widths;
    private final Time time;

    FlowGate(FlowControl control, RequestWidths widths, Time time) {
        this.control = control;
        this.widths = widths;
        this.time = time;
    }

    /// Work on a request.
    @FunctionalInterface
    interface Work {
        Response run(Request request) throws IOException, InterruptedException;
    }

    /// How one request was classed, for the header of its answer.
    static final class Visit {
        private Optional<Entry> entry = Optional.empty();

        Response mark(Response response) {
            return entry.map(known -> Answers.with(
                            response,
                            "X-Kubernetes-PF-FlowSchema-UID",
                            known.schemaUid(),
                            "X-Kubernetes-PF-PriorityLevel-UID",
                            known.levelUid()))
                    .orElse(response);
        }
    }

    /// @param limit how long the request may take altogether
    /// @throws FaultException with [Fault.TooManyRequests]
    Response pass(Visit visit, Request request, RequestInfo info, Attributes asked, Optional<Duration> limit, Work work)
            throws IOException, InterruptedException {
        boolean isWatch = info.verb().equals("watch");
        if (info.isLongRunning() && !isWatch) {
            return work.run(request);
        }
        Duration quarter = limit.map(span -> span.dividedBy(4)).orElse(LONGEST_WAIT);
        Duration patience = quarter.compareTo(LONGEST_WAIT) < 0 ? quarter : LONGEST_WAIT;
        Entry entry = control.enter(asked, widest -> widths.of(request, info, widest), patience);
        visit.entry = Optional.of(entry);
        return switch (entry) {
            case Entry.Seated seated -> seated(request, isWatch, seated.seat(), work);
            case Entry.Refused _ ->
                throw new FaultException(new Fault.TooManyRequests(
                        "Too many requests, please try again later.", Duration.ofSeconds(1), List.of()));
        };
    }

    private Response seated(Request request, boolean isWatch, Seat seat, Work work)
            throws IOException, InterruptedException {
        boolean isHandedOn = false;
        try {
            Response response = work.run(isWatch ? request.with(Seat.class, seat) : request);
            Optional<Response> holding = holding(response, seat);
            isHandedOn = holding.isPresent();
            return holding.orElse(response);
        } finally {
            if (!isHandedOn) {
                seat.close();
            }
        }
    }

    /// An answer that is still being made when it is returned takes the seat along.
    private Optional<Response> holding(Response response, Seat seat) {
        return switch (response) {
            case Response.Stream(int status, Headers headers, Response.Body body) -> {
                Time.Timer forgotten = time.schedule(BEGIN, seat::close);
                yield Optional.of(new Response.Stream(status, headers, out -> {
                    forgotten.cancel();
                    try (seat) {
                        body.writeTo(out);
                    }
                }));
            }
            case Response.WebSocketUpgrade(Optional<String> subprotocol, Response.WebSocketSession session) -> {
                Time.Timer forgotten = time.schedule(BEGIN, seat::close);
                yield Optional.of(new Response.WebSocketUpgrade(subprotocol, socket -> {
                    forgotten.cancel();
                    try (seat) {
                        session.serve(socket);
                    }
                }));
            }
            case Response.Full _, Response.Hijack _, Response.SpdyUpgrade _ -> Optional.empty();
        };
    }
}
