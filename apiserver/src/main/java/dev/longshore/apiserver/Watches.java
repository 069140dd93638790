package dev.longshore.apiserver;

import dev.longshore.apiserver.flow.Seat;
import dev.longshore.apiserver.objects.Interest;
import dev.longshore.apiserver.objects.StoredObject;
import dev.longshore.apiserver.objects.Subscription;
import dev.longshore.http.Headers;
import dev.longshore.http.Response;
import dev.longshore.model.Fault;
import dev.longshore.model.FaultException;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Optional;

/// Answers watches: an endless stream of lines.
final class Watches {

    private static final Duration SHORTEST_DEFAULT = Duration.ofMinutes(30);

    private final Machine machine;

    Watches(Machine machine) {
        this.machine = machine;
    }

    /// Refuses what makes no sense; whatever else goes wrong is told within the stream, as kube-apiserver does.
    Response answer(Exchange exchange) {
        ListOptions options = ListOptions.of(exchange.request());
        long revision = options.watchFrom();
        Selection selection = selection(exchange);
        Duration limit = limit(options);
        Headers headers = Headers.of(
                "Cache-Control",
                "no-cache, private",
                "Content-Type",
                exchange.representation().encoding().streamType());
        return new Response.Stream(200, headers, out -> {
            // Clients wait for the head before they believe that they are watching.
            out.flush();
            new Run(exchange, selection, options, limit, out).from(revision);
        });
    }

    /// The old paths name one object, as a field selector would.
    private static Selection selection(Exchange exchange) {
        Selection selection = Selection.of(exchange.definition(), exchange.request());
        String name = exchange.info().name();
        if (name.isEmpty()) {
            return selection;
        }
        boolean contradicts = !selection.fields().isEverything()
                && !selection.fields().onlyName().equals(Optional.of(name));
        if (contradicts) {
            throw new FaultException(new Fault.BadRequest("fieldSelector metadata.name doesn't match requested name"));
        }
        return selection.fields().isEverything() ? selection.named(name) : selection;
    }

    /// What the client asked for, or half an hour to an hour: so that all do not come back at once.
    private Duration limit(ListOptions options) {
        return options.timeoutSeconds() > 0
                ? Duration.ofSeconds(options.timeoutSeconds())
                : SHORTEST_DEFAULT.plusSeconds(machine.randomness.nextLong(SHORTEST_DEFAULT.toSeconds()));
    }

    /// One watch.
    private final class Run {
        private final Exchange exchange;
        private final Selection selection;
        private final ListOptions options;
        private final Duration limit;
        private final Frames frames;
        private final OutputStream out;

        Run(Exchange exchange, Selection selection, ListOptions options, Duration limit, OutputStream out) {
            this.exchange = exchange;
            this.selection = selection;
            this.options = options;
            this.limit = limit;
            this.frames = new Frames(exchange, selection, machine);
            this.out = out;
        }

        void from(long revision) throws IOException, InterruptedException {
            boolean wantsInitial = options.sendInitialEvents().orElse(revision == 0);
            try {
                if (!wantsInitial) {
                    stream(revision == 0 ? machine.objects.revision() : revision);
                    return;
                }
                long start = sendState(revision);
                boolean endsInitial = options.sendInitialEvents().isPresent() && options.wantsBookmarks();
                if (endsInitial) {
                    out.write(frames.bookmark(start, true));
                }
                out.flush();
                stream(start);
            } catch (FaultException refused) {
                out.write(frames.error(refused.fault()));
            }
        }

        /// @return the revision of the state
        private long sendState(long revision) throws IOException, InterruptedException {
            boolean isNewest = options.resourceVersion().isEmpty();
            Lists.Found found = new Lists(machine).state(exchange, selection, isNewest ? -1 : revision);
            for (StoredObject stored : found.objects()) {
                out.write(frames.added(stored));
            }
            return found.revision();
        }

        private void stream(long after) throws IOException, InterruptedException {
            var definition = exchange.definition();
            Interest interest = selection.interest(exchange.namespace());
            try (Subscription subscription = machine.caches.subscribe(
                            Versions.keys(definition), definition.storage().indexes(), interest, after);
                    var clock = new WatchClock(
                            machine.time, subscription, limit, options.wantsBookmarks(), Thread.currentThread())) {
                clock.start();
                // What is there has been sent: from now on it costs a parked thread.
                exchange.request().attribute(Seat.class).ifPresent(Seat::close);
                frames.send(subscription, clock, exchange.namespace(), out);
            }
        }
    }
}
