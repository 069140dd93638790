package dev.longshore.docker;

import dev.longshore.base.Json;
import dev.longshore.base.Time;
import dev.longshore.docker.Events.Event;
import dev.longshore.http.Headers;
import dev.longshore.http.Query;
import dev.longshore.http.Request;
import dev.longshore.http.Response;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/// `/events`: what happened since the time that is asked for and what happens from now on, until the client
/// leaves or the time it named has come.
final class EventRoutes {

    private static final Duration HEARTBEAT = Duration.ofSeconds(3);
    private static final Set<String> FILTERS = Set.of(
            "type",
            "event",
            "container",
            "image",
            "volume",
            "network",
            "label",
            "daemon",
            "scope",
            "plugin",
            "node",
            "service",
            "secret",
            "config");

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
        Query query = request.query();
        Optional<Instant> since = JsonFields.moment(query.first("since").orElse(""), time.now());
        Optional<Instant> until = JsonFields.moment(query.first("until").orElse(""), time.now());
        Filters filters = Filters.parse(query.first("filters").orElse(""), FILTERS);
        return new Response.Stream(200, Headers.of("Content-Type", "application/json"), out -> {
            try (Events.Listener listener = events.listen(since.orElse(Instant.MAX))) {
                out.flush();
                boolean mayWait = true;
                while (mayWait) {
                    Duration left = until.map(end -> Duration.between(time.now(), end))
                            .filter(span -> span.compareTo(HEARTBEAT) < 0)
                            .orElse(HEARTBEAT);
                    var next = listener.next(left.isNegative() ? Duration.ZERO : left);
                    if (next.isPresent()
                            && until.filter(next.get().at()::isAfter).isEmpty()) {
                        write(out, next.get(), filters);
                    } else if (next.isEmpty()) {
                        mayWait = until.filter(end -> !time.now().isBefore(end)).isEmpty();
                        // White space, when nothing happens, finds out whether anybody still listens.
                        out.write('\n');
                        out.flush();
                    }
                }
            }
        });
    }

    private static void write(java.io.OutputStream out, Event event, Filters filters) throws IOException {
        if (accepts(filters, event)) {
            out.write(Json.bytes(event.json()));
            out.write('\n');
            out.flush();
        }
    }

    private static boolean accepts(Filters filters, Event event) {
        // `exec_start: sh` is found by its first word, too.
        String verb = event.action().replaceFirst(":.*", "");
        return filters.any("type", event.type()::equals)
                && filters.any("event", wanted -> wanted.equals(event.action()) || wanted.equals(verb))
                && isAbout(filters, "container", event)
                && isAbout(filters, "volume", event)
                && isAbout(filters, "network", event)
                && isAboutImage(filters, event)
                && filters.any("scope", "local"::equals)
                && filters.labels(event.attributes());
    }

    private static boolean isAbout(Filters filters, String type, Event event) {
        return filters.any(
                type,
                wanted -> event.type().equals(type)
                        && (event.id().startsWith(wanted)
                                || event.attributes().getOrDefault("name", "").equals(wanted)));
    }

    private static boolean isAboutImage(Filters filters, Event event) {
        return filters.any("image", wanted -> {
            String name = event.attributes().getOrDefault(event.type().equals("image") ? "name" : "image", "");
            return event.id().equals(wanted) || name.equals(wanted) || name.startsWith(wanted + ":");
        });
    }
}
