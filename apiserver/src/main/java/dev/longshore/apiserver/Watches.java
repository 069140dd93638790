package dev.longshore.apiserver;

import dev.longshore.apiserver.objects.Keys;
import dev.longshore.apiserver.objects.Subscription;
import dev.longshore.http.Headers;
import dev.longshore.http.Request;
import dev.longshore.http.Response;
import dev.longshore.model.Cause;
import dev.longshore.model.Fault;
import dev.longshore.model.FaultException;
import dev.longshore.model.GroupVersionKind;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;

/// Answers watches: an endless stream of lines.
final class Watches {

    private static final Duration SHORTEST_DEFAULT = Duration.ofMinutes(30);

    private final Machine machine;

    Watches(Machine machine) {
        this.machine = machine;
    }

    Response answer(Exchange exchange) {
        Request request = exchange.request();
        Selection selection = Selection.of(exchange.definition(), request);
        boolean wantsInitial = request.query().isSet("sendInitialEvents");
        checkInitial(request, wantsInitial);
        String asked = request.query().first("resourceVersion").orElse("");
        long revision = asked.isEmpty() ? 0 : Lists.number(request, "resourceVersion");
        Duration limit = limit(request);
        boolean isFromNow = request.query().first("sendInitialEvents").isPresent() && !wantsInitial;
        var lists = new Lists(machine);
        if (wantsInitial) {
            lists.requireNotOlder(revision);
        }
        boolean startsWithState = wantsInitial || (revision == 0 && !isFromNow);
        long after = revision == 0 ? machine.objects.revision() : revision;
        Headers headers = Headers.of(
                "Cache-Control",
                "no-cache, private",
                "Content-Type",
                exchange.representation().contentType());
        return new Response.Stream(200, headers, out -> {
            var frames = new Frames(exchange, selection, machine);
            // Clients wait for the head before they believe that they are watching.
            out.flush();
            long start = startsWithState ? sendState(exchange, selection, frames, out) : after;
            boolean wantsBookmarks = request.query().isSet("allowWatchBookmarks");
            if (wantsInitial && wantsBookmarks) {
                out.write(frames.bookmark(start, true));
            }
            out.flush();
            stream(exchange, frames, start, limit, wantsBookmarks, out);
        });
    }

    private static void checkInitial(Request request, boolean wantsInitial) {
        String match = request.query().first("resourceVersionMatch").orElse("");
        boolean isGiven = request.query().first("sendInitialEvents").isPresent();
        if (isGiven && !match.equals("NotOlderThan")) {
            throw invalid(
                    "resourceVersionMatch", "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan");
        }
        if (!isGiven && !match.isEmpty()) {
            throw invalid(
                    "resourceVersionMatch",
                    "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided");
        }
        if (wantsInitial && Lists.number(request, "limit") > 0) {
            throw invalid("limit", "limit is forbidden with sendInitialEvents");
        }
    }

    private static FaultException invalid(String field, String why) {
        return new FaultException(new Fault.Invalid(
                new GroupVersionKind("meta.k8s.io", "v1", "ListOptions"), "", List.of(Cause.forbidden(field, why))));
    }

    /// What the client asked for, or half an hour to an hour: so that all do not come back at once.
    private Duration limit(Request request) {
        long seconds = Lists.number(request, "timeoutSeconds");
        return seconds > 0
                ? Duration.ofSeconds(seconds)
                : SHORTEST_DEFAULT.plusSeconds(machine.randomness.nextLong(SHORTEST_DEFAULT.toSeconds()));
    }

    /// @return the revision of the state
    private long sendState(Exchange exchange, Selection selection, Frames frames, OutputStream out) throws IOException {
        var found = new Lists(machine).state(exchange, selection);
        for (var stored : found.objects()) {
            out.write(frames.added(stored));
        }
        return found.revision();
    }

    private void stream(
            Exchange exchange, Frames frames, long after, Duration limit, boolean wantsBookmarks, OutputStream out)
            throws IOException, InterruptedException {
        Keys keys = Versions.keys(exchange.definition());
        try (Subscription subscription = machine.hubs.subscribe(keys.range(""), after);
                var clock = new WatchClock(machine.time, subscription, limit, wantsBookmarks)) {
            clock.start();
            frames.send(subscription, exchange.namespace(), out);
        } catch (FaultException refused) {
            out.write(frames.error(refused.fault()));
        }
    }
}
