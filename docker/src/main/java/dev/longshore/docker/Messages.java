package dev.longshore.docker;

import dev.longshore.base.Json;
import dev.longshore.base.Time;
import dev.longshore.http.Headers;
import dev.longshore.http.Response;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/// A stream of JSON messages to a Docker client, one a line. May be written to by several threads; none of them
/// ever sees a failure: when the client is gone, the thread that works for it is interrupted, and the rest is
/// dropped.
final class Messages {

    private static final Logger log = LoggerFactory.getLogger(Messages.class);
    private static final Duration HEARTBEAT = Duration.ofSeconds(3);
    private static final byte[] NEWLINE = {'\r', '\n'};

    private final OutputStream out;
    private final Thread worker;
    private final Time time;
    private boolean isOver;

    private Messages(OutputStream out, Thread worker, Time time) {
        this.out = out;
        this.worker = worker;
        this.time = time;
    }

    /// Does the work and tells about it.
    @FunctionalInterface
    interface Work {
        void run(Messages messages) throws IOException, InterruptedException;
    }

    /// Answers with the messages of `work`. While it is silent, white space is sent now and then, to find out
    /// whether anybody still listens.
    static Response answer(Time time, Work work) {
        return new Response.Stream(200, Headers.of("Content-Type", "application/json"), out -> {
            var messages = new Messages(out, Thread.currentThread(), time);
            time.schedule(HEARTBEAT, messages::beat);
            try {
                work.run(messages);
            } finally {
                messages.end();
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

    /// The same, of the kind `id`.
    void aux(String id, ObjectNode value) {
        ObjectNode message = Json.object().put("id", id);
        message.set("aux", value);
        send(message);
    }

    /// It failed.
    void error(int code, String message) {
        ObjectNode tree = Json.object();
        tree.putObject("errorDetail").put("code", code).put("message", message);
        send(tree.put("error", message));
    }

    private void send(ObjectNode message) {
        write(Json.bytes(message));
    }

    private void beat() {
        if (write(new byte[0])) {
            time.schedule(HEARTBEAT, this::beat);
        }
    }

    private synchronized boolean write(byte[] line) {
        if (isOver) {
            return false;
        }
        try {
            out.write(line);
            out.write(NEWLINE);
            out.flush();
            return true;
        } catch (IOException gone) {
            log.debug("the client is gone: {}", gone.getMessage());
            isOver = true;
            worker.interrupt();
            return false;
        }
    }

    /// Nothing is written and nobody is interrupted once this has returned.
    private synchronized void end() {
        isOver = true;
    }
}
