package dev.longshore.apiserver.audit;

import dev.longshore.base.Time;
import dev.longshore.http.Headers;
import dev.longshore.http.Response;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/// An answer whose beginning and end are told of, however it is made.
///
/// @param isHeadOnly of requests whose answers have no body
record AuditedAnswer(AuditTrail trail, Time time, boolean isHeadOnly) {

    /// By when an answer must have begun; nobody tells us when its reader has gone before.
    private static final Duration BEGIN = Duration.ofMinutes(1);

    /// What goes on after the head.
    @FunctionalInterface
    private interface Rest {
        void run() throws IOException, InterruptedException;
    }

    Response follow(Response response, AuditedObjects objects) {
        return switch (response) {
            case Response.Full full -> {
                trail.whole(full, objects);
                trail.started();
                trail.complete();
                yield full;
            }
            case Response.Stream(int status, Headers headers, Response.Body body) -> {
                if (isHeadOnly) {
                    trail.code(status);
                    trail.started();
                    trail.complete();
                    yield response;
                }
                Time.Timer forgotten = forgotten();
                yield new Response.Stream(status, headers, out -> {
                    forgotten.cancel();
                    tell(status, () -> body.writeTo(out));
                });
            }
            case Response.Hijack(int status, Headers headers, Response.Session session) -> {
                Time.Timer forgotten = forgotten();
                yield new Response.Hijack(status, headers, (in, out) -> {
                    forgotten.cancel();
                    tell(status, () -> session.serve(in, out));
                });
            }
            case Response.WebSocketUpgrade(Optional<String> subprotocol, Response.WebSocketSession session) -> {
                Time.Timer forgotten = forgotten();
                yield new Response.WebSocketUpgrade(subprotocol, socket -> {
                    forgotten.cancel();
                    tell(response.status(), () -> session.serve(socket));
                });
            }
            case Response.SpdyUpgrade(Headers headers, Response.SpdySession session) -> {
                Time.Timer forgotten = forgotten();
                yield new Response.SpdyUpgrade(headers, connection -> {
                    forgotten.cancel();
                    tell(response.status(), () -> session.serve(connection));
                });
            }
        };
    }

    private Time.Timer forgotten() {
        return time.schedule(BEGIN, trail::complete);
    }

    private void tell(int status, Rest rest) throws IOException, InterruptedException {
        trail.code(status);
        trail.started();
        try {
            rest.run();
        } catch (RuntimeException mistake) {
            trail.panicked(mistake);
            throw mistake;
        } finally {
            trail.complete();
        }
    }
}
