package dev.longshore.server;

import java.util.ArrayDeque;
import java.util.Deque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What has been started, to be stopped in reverse. A part that fails to stop is logged and does not keep the
/// others from stopping. One thread.
final class Steps implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Steps.class);

    private final Deque<Part> parts = new ArrayDeque<>();

    private record Part(String name, AutoCloseable closing) {}

    /// `part` runs.
    <T extends AutoCloseable> T started(String name, T part) {
        parts.push(new Part(name, part));
        return part;
    }

    /// Stops everything that was started after the part called `name`.
    void closeAbove(String name) {
        while (!parts.isEmpty() && !parts.peek().name.equals(name)) {
            closeLast();
        }
    }

    @Override
    public void close() {
        while (!parts.isEmpty()) {
            closeLast();
        }
    }

    private void closeLast() {
        Part part = parts.pop();
        try {
            part.closing.close();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } catch (Exception broken) {
            log.error("{} did not stop in order", part.name, broken);
        }
    }
}
