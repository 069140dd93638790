package dev.longshore.docker;

import dev.longshore.base.Json;
import dev.longshore.base.Time;
import dev.longshore.http.Headers;
import dev.longshore.http.Request;
import dev.longshore.http.Response;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// `/events`: what happens to images from now on, until the client leaves or the time it named has come.
final class EventRoutes {

    private static final Duration HEARTBEAT = Duration.ofSeconds(3);

    private final Events events;
    private final Time time;

    EventRoutes(Events events, Time time) {
        this.events = events;
        this.time = time;
    }

    void addTo(Routes routes) {
        routes.add("GET", "/events", (request, name) -> stream(request));
    }

    private Response stream(Request request) {
        Optional<Instant> until = request.query().first("until").flatMap(EventRoutes::instant);
        return new Response.Stream(200, Headers.of("Content-Type", "application/json"), out -> {
            try (Events.Listener listener = events.listen()) {
                out.flush();
                while (until.isEmpty() || time.now().isBefore(until.get())) {
                    var next = listener.next(HEARTBEAT);
                    // White space, when nothing happens, finds out whether anybody still listens.
                    out.write(next.map(Json::bytes).orElseGet(() -> new byte[0]));
                    out.write('\n');
                    out.flush();
                }
            }
        });
    }

    private static Optional<Instant> instant(String text) {
        try {
            return Optional.of(Instant.ofEpochSecond((long) Double.parseDouble(text)));
        } catch (NumberFormatException forever) {
            return Optional.empty();
        }
    }
}
