package dev.longshore.server;

import java.util.ArrayDeque;
import java.util.Deque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What has been started, to be stopped in reverse. A part that fails to stop is logged and does not keep the others from
/// stopping. One thread.
final class Steps implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Steps.class);

    private final Deque<Part> parts = new ArrayDeque<>();

    private record Part(String name, AutoCloseable closing) {}

    /// `part` runs.
    <T extends AutoCloseable> T started(String name, T part) {
        parts.push(new Part(name, part));
        return part;
    }

    @Override
    public void close() {
        while (!parts.isEmpty()) {
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
}
