package dev.longshore.docker;

import dev.longshore.base.Json;
import dev.longshore.base.Time;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.node.ObjectNode;

/// What happens to images, containers, volumes and networks, for whoever listens, and the last 256 of it for who
/// asks afterwards. A listener that does not keep up misses some. Thread-safe.
final class Events {

    private static final int QUEUE = 256;
    private static final int KEPT = 256;
    private static final long NANOS = 1_000_000_000L;

    private final Time time;
    private final List<Listener> listeners = new CopyOnWriteArrayList<>();
    private final Deque<Event> past = new ArrayDeque<>();

    Events(Time time) {
        this.time = time;
    }

    /// Something that happened.
    ///
    /// @param type `container`, `image`, `volume`, `network`, `daemon`
    /// @param id of what it happened to
    record Event(String type, String action, String id, Map<String, String> attributes, Instant at) {
        Event {
            attributes = Map.copyOf(attributes);
        }

        ObjectNode json() {
            ObjectNode tree = Json.object();
            if (type.equals("image") || type.equals("container")) {
                tree.put("status", action).put("id", id);
                if (type.equals("container")) {
                    tree.put("from", attributes.getOrDefault("image", ""));
                }
            }
            tree.put("Type", type).put("Action", action);
            ObjectNode actor = tree.putObject("Actor").put("ID", id);
            ObjectNode shown = actor.putObject("Attributes");
            new java.util.TreeMap<>(attributes).forEach(shown::put);
            return tree.put("scope", "local")
                    .put("time", at.getEpochSecond())
                    .put("timeNano", at.getEpochSecond() * NANOS + at.getNano());
        }
    }

    /// `action` (tag, untag, delete, pull, push, load) happened to the image `id`, called `name`.
    void image(String action, String id, String name) {
        tell("image", action, id, Map.of("name", name));
    }

    /// `action` happened to the `type` called `id`.
    void tell(String type, String action, String id, Map<String, String> attributes) {
        var event = new Event(type, action, id, attributes, time.now());
        synchronized (past) {
            past.addLast(event);
            if (past.size() > KEPT) {
                past.removeFirst();
            }
            listeners.forEach(listener -> listener.queue.offer(event));
        }
    }

    /// Listens from now on, and hears first what is known since `since`, if that is given.
    Listener listen(Instant since) {
        var listener = new Listener();
        synchronized (past) {
            past.stream().filter(event -> !event.at().isBefore(since)).forEach(listener.queue::offer);
            listeners.add(listener);
        }
        return listener;
    }

    /// How many listen.
    int listeners() {
        return listeners.size();
    }

    /// Who hears of events.
    final class Listener implements AutoCloseable {
        private final BlockingQueue<Event> queue = new ArrayBlockingQueue<>(QUEUE + KEPT);

        /// The next event, if one comes within `limit`.
        Optional<Event> next(Duration limit) throws InterruptedException {
            return Optional.ofNullable(queue.poll(limit.toMillis(), TimeUnit.MILLISECONDS));
        }

        @Override
        public void close() {
            listeners.remove(this);
        }
    }
}
