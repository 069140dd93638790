package dev.longshore.runtime.streaming;

import dev.longshore.base.Json;
import dev.longshore.runtime.Streams;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import tools.jackson.databind.JsonNode;

/// The window sizes of a client's terminal, from its resize stream. When they come faster than they are used,
/// the oldest is dropped: only the last one matters.
final class Sizes implements Streams.Resizes {

    private static final int WAITING = 8;
    private static final Streams.Size NONE = new Streams.Size(0, 0);

    private final BlockingQueue<Streams.Size> sizes = new ArrayBlockingQueue<>(WAITING);

    /// Adds what `json` says: `{"Width":80,"Height":24}`.
    void put(byte[] json) {
        try {
            JsonNode size = Json.parse(json);
            int columns = size.path("Width").asInt(0);
            int rows = size.path("Height").asInt(0);
            if (columns > 0 && rows > 0) {
                add(new Streams.Size(columns, rows));
            }
        } catch (Json.MalformedException malformed) {
            // A terminal of a wrong size is no reason to end the conversation.
        }
    }

    /// No more come.
    void end() {
        add(NONE);
    }

    private void add(Streams.Size size) {
        while (!sizes.offer(size)) {
            sizes.poll();
        }
    }

    @Override
    public Optional<Streams.Size> next() throws InterruptedException {
        Streams.Size size = sizes.take();
        return size.equals(NONE) ? Optional.empty() : Optional.of(size);
    }
}
