package dev.longshore.docker;

import dev.longshore.base.Json;
import dev.longshore.base.Time;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.node.ObjectNode;

/// What happens to images, for whoever listens. A listener that does not keep up misses some. Thread-safe.
final class Events {

    private static final int QUEUE = 256;

    private final Time time;
    private final List<Listener> listeners = new CopyOnWriteArrayList<>();

    Events(Time time) {
        this.time = time;
    }

    /// `action` (tag, untag, delete, pull, push, load) happened to the image `id`, called `name`.
    void image(String action, String id, String name) {
        Instant now = time.now();
        ObjectNode event = Json.object()
                .put("status", action)
                .put("id", id)
                .put("Type", "image")
                .put("Action", action);
        event.putObject("Actor").put("ID", id).putObject("Attributes").put("name", name);
        event.put("scope", "local")
                .put("time", now.getEpochSecond())
                .put("timeNano", now.getEpochSecond() * 1_000_000_000L + now.getNano());
        listeners.forEach(listener -> listener.queue.offer(event));
    }

    Listener listen() {
        var listener = new Listener();
        listeners.add(listener);
        return listener;
    }

    final class Listener implements AutoCloseable {
        private final BlockingQueue<ObjectNode> queue = new ArrayBlockingQueue<>(QUEUE);

        /// The next event, if one comes within `limit`.
        Optional<ObjectNode> next(Duration limit) throws InterruptedException {
            return Optional.ofNullable(queue.poll(limit.toMillis(), TimeUnit.MILLISECONDS));
        }

        @Override
        public void close() {
            listeners.remove(this);
        }
    }
}
