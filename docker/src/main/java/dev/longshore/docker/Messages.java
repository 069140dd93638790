package dev.longshore.docker;

import dev.longshore.base.Json;
import dev.longshore.base.Time;
import dev.longshore.http.Headers;
import dev.longshore.http.Response;
import dev.longshore.images.ImageFaultException;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/// A stream of JSON messages to a Docker client, one a line. May be written to by several threads; none of them
/// ever sees a failure: when the client is gone, the thread that works for it is interrupted, and the rest is
/// dropped.
///
/// The answer begins with the first message, as Docker's does: what fails before it is an answer with a status, and a
/// client that reads the head only (docker-java) has it when there is something to see. So the work has a thread of its
/// own, which waits with its first message until the answer has begun.
final class Messages {

    private static final Logger log = LoggerFactory.getLogger(Messages.class);
    private static final Duration HEARTBEAT = Duration.ofSeconds(3);
    private static final Duration TO_BEGIN = Duration.ofMinutes(1);
    private static final byte[] NEWLINE = {'\r', '\n'};

    private final Time time;
    private final Thread worker;
    private final CompletableFuture<Void> begun = new CompletableFuture<>();
    private final CompletableFuture<OutputStream> sink = new CompletableFuture<>();
    private final CompletableFuture<Void> done = new CompletableFuture<>();
    private boolean isOver;

    private Messages(Time time, Work work) {
        this.time = time;
        this.worker = Thread.ofVirtual().name("docker messages").unstarted(() -> work(work));
    }

    /// Does the work and tells about it. An [ImageFaultException] becomes the last message, or the answer if it is the
    /// first.
    @FunctionalInterface
    interface Work {
        void run(Messages messages) throws IOException, InterruptedException;
    }

    /// Answers with the messages of `work`. While it is silent, white space is sent now and then, to find out
    /// whether anybody still listens.
    ///
    /// @throws IOException or what else `work` failed with before its first message
    static Response answer(Time time, Work work) throws IOException, InterruptedException {
        var messages = new Messages(time, work);
        messages.worker.start();
        time.schedule(HEARTBEAT, messages::beat);
        messages.await(messages.begun);
        return new Response.Stream(200, Headers.of("Content-Type", "application/json"), out -> {
            messages.sink.complete(out);
            messages.await(messages.done);
        });
    }

    private void work(Work work) {
        try {
            try {
                work.run(this);
            } catch (ImageFaultException failed) {
                if (!begun.isDone()) {
                    throw failed;
                }
                error(1, failed.getMessage());
            }
            end();
            begun.complete(null);
            done.complete(null);
        } catch (IOException | InterruptedException | RuntimeException | Error failure) {
            end();
            begun.completeExceptionally(failure);
            done.completeExceptionally(failure);
        }
    }

    /// Waits for `stage` of the work; whoever is interrupted meanwhile interrupts the work, and waits for its end.
    private void await(CompletableFuture<Void> stage) throws IOException, InterruptedException {
        try {
            stage.get();
        } catch (InterruptedException gone) {
            worker.interrupt();
            worker.join(TO_BEGIN);
            throw gone;
        } catch (ExecutionException failed) {
            switch (failed.getCause()) {
                case IOException broken -> throw broken;
                case InterruptedException gone -> throw gone;
                case RuntimeException refused -> throw refused;
                case Throwable bug -> throw new IllegalStateException(bug);
            }
        }
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
        begun.complete(null);
        // Where nobody has taken the answer yet, there is nobody to ask.
        if (!sink.isDone() || write(new byte[0])) {
            if (!done.isDone()) {
                time.schedule(HEARTBEAT, this::beat);
            }
        }
    }

    private synchronized boolean write(byte[] line) {
        if (isOver) {
            return false;
        }
        begun.complete(null);
        try {
            OutputStream out = sink.get(TO_BEGIN.toSeconds(), TimeUnit.SECONDS);
            out.write(line);
            out.write(NEWLINE);
            out.flush();
            return true;
        } catch (InterruptedException cancelled) {
            Thread.currentThread().interrupt();
            return false;
        } catch (IOException | ExecutionException | TimeoutException gone) {
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
