package dev.longshore.docker;

import dev.longshore.base.BlockOutput;
import dev.longshore.base.Json;
import dev.longshore.http.Request;
import dev.longshore.http.Response;
import dev.longshore.runtime.Streams;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Further processes in running containers.
final class ExecRoutes {

    private final Engine engine;

    ExecRoutes(Engine engine) {
        this.engine = engine;
    }

    void addTo(Routes routes) {
        routes.add("POST", "/containers/{name}/exec", (request, name) -> {
            Execs.Exec exec = engine.execs().create(engine.containers().get(name), Bodies.object(request));
            return Response.json(201, Json.bytes(Json.object().put("Id", exec.id())));
        });
        routes.add("POST", "/exec/{name}/start", this::start);
        routes.add("POST", "/exec/{name}/resize", (request, id) -> {
            engine.execs().resize(engine.execs().get(id), StreamRoutes.size(request));
            return Response.text(200, "");
        });
        routes.add(
                "GET",
                "/exec/{name}/json",
                (request, id) ->
                        Response.json(200, Json.bytes(engine.execs().get(id).shown())));
    }

    private Response start(Request request, String id) throws IOException {
        Execs.Exec exec = engine.execs().get(id);
        ObjectNode wanted = Bodies.object(request);
        engine.execs().claim(exec);
        JsonNode size = wanted.path("ConsoleSize");
        if (size.isArray() && size.size() == 2) {
            engine.execs()
                    .resize(
                            exec,
                            new Streams.Size(size.get(1).asInt(0), size.get(0).asInt(0)));
        }
        if (wanted.path("Detach").asBoolean(false)) {
            Thread.ofVirtual().name("exec").start(() -> run(exec, nowhere(), OutputStream.nullOutputStream()));
            return Response.text(200, "");
        }
        boolean tty = exec.process().tty();
        return StreamRoutes.hijack(request, tty, (in, out) -> converse(exec, in, out, tty));
    }

    private static Streams.Stdio nowhere() {
        return new Streams.Stdio(Optional.empty(), Optional.empty(), Optional.empty());
    }

    private void converse(Execs.Exec exec, InputStream in, OutputStream out, boolean tty) throws InterruptedException {
        var frames = new Multiplexed(out);
        OutputStream stdout = tty ? out : frames.stream(Multiplexed.STDOUT);
        OutputStream stderr = tty ? out : frames.stream(Multiplexed.STDERR);
        JsonNode asked = exec.asked();
        String keys = asked.path("DetachKeys").asString("");
        var session = Thread.currentThread();
        Optional<InputStream> stdin = asked.path("AttachStdin").asBoolean(false)
                ? Optional.of(tty ? new DetachKeys(in, keys, session::interrupt) : in)
                : Optional.empty();
        var stdio = new Streams.Stdio(
                stdin,
                asked.path("AttachStdout").asBoolean(false) ? Optional.of(new Leaving(stdout)) : Optional.empty(),
                asked.path("AttachStderr").asBoolean(false) ? Optional.of(new Leaving(stderr)) : Optional.empty());
        // On a thread of its own: the process outlives a client that leaves.
        Thread process = Thread.ofVirtual().name("exec").start(() -> run(exec, stdio, tty ? stdout : stderr));
        process.join();
    }

    private void run(Execs.Exec exec, Streams.Stdio stdio, OutputStream complaints) {
        try {
            engine.execs().run(exec, stdio, complaints);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    /// Takes what a process prints after its client has gone, and drops it.
    private static final class Leaving extends BlockOutput {
        private final OutputStream out;
        private volatile boolean hasLeft;

        Leaving(OutputStream out) {
            this.out = out;
        }

        @Override
        public void write(byte[] bytes, int offset, int length) {
            attempt(() -> out.write(bytes, offset, length));
        }

        @Override
        public void flush() {
            attempt(out::flush);
        }

        private interface Writing {
            void run() throws IOException;
        }

        private void attempt(Writing writing) {
            if (hasLeft) {
                return;
            }
            try {
                writing.run();
            } catch (IOException gone) {
                hasLeft = true;
            }
        }
    }
}
