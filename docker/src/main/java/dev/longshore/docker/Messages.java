package dev.longshore.docker;

import dev.longshore.base.Json;
import dev.longshore.base.Time;
import dev.longshore.http.Headers;
import dev.longshore.http.Response;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import tools.jackson.databind.node.ObjectNode;

/// A stream of JSON messages to a Docker client, one a line. May be written to by several threads.
final class Messages {

    private static final Duration HEARTBEAT = Duration.ofSeconds(3);
    private static final byte[] NEWLINE = {'\r', '\n'};

    private final OutputStream out;

    private Messages(OutputStream out) {
        this.out = out;
    }

    /// Does the work and tells about it.
    @FunctionalInterface
    interface Work {
        void run(Messages messages) throws IOException, InterruptedException;
    }

    /// Answers with the messages of `work`. While it is silent, white space is sent now and then; when that cannot be
    /// sent, the client is gone and the work is interrupted.
    static Response answer(Time time, Work work) {
        return new Response.Stream(200, Headers.of("Content-Type", "application/json"), out -> {
            var messages = new Messages(out);
            try (var heart = new Heart(messages, Thread.currentThread(), time)) {
                heart.start();
                work.run(messages);
            } catch (UncheckedIOException gone) {
                throw gone.getCause();
            }
        });
    }

    /// Output of a build.
    void stream(String text) {
        send(Json.object().put("stream", text));
    }

    /// A line about something with an id.
    void status(String id, String status) {
        ObjectNode message = Json.object().put("status", status);
        if (!id.isEmpty()) {
            message.put("id", id);
        }
        send(message);
    }

    /// How far something with an id has come.
    void progress(String id, String status, long current, long total) {
        ObjectNode message = Json.object().put("status", status);
        message.putObject("progressDetail").put("current", current).put("total", total);
        send(message.put("id", id));
    }

    /// A result for programs.
    void aux(ObjectNode value) {
        ObjectNode message = Json.object();
        message.set("aux", value);
        send(message);
    }

    /// It failed.
    void error(int code, String message) {
        ObjectNode tree = Json.object();
        tree.putObject("errorDetail").put("code", code).put("message", message);
        send(tree.put("error", message));
    }

    private synchronized void send(ObjectNode message) {
        try {
            out.write(Json.bytes(message));
            out.write(NEWLINE);
            out.flush();
        } catch (IOException gone) {
            throw new UncheckedIOException(gone);
        }
    }

    private synchronized void beat() throws IOException {
        out.write(NEWLINE);
        out.flush();
    }

    private static final class Heart implements AutoCloseable {
        private final Messages messages;
        private final Thread worker;
        private final Time time;
        private boolean isStopped;

        Heart(Messages messages, Thread worker, Time time) {
            this.messages = messages;
            this.worker = worker;
            this.time = time;
        }

        void start() {
            time.schedule(HEARTBEAT, this::beat);
        }

        private void beat() {
            synchronized (this) {
                if (isStopped) {
                    return;
                }
            }
            try {
                messages.beat();
                start();
            } catch (IOException gone) {
                synchronized (this) {
                    if (!isStopped) {
                        worker.interrupt();
                    }
                }
            }
        }

        /// Nothing interrupts the worker once this has returned.
        @Override
        public synchronized void close() {
            isStopped = true;
        }
    }
}
