package dev.longshore.docker;

import dev.longshore.base.Time;
import dev.longshore.http.Headers;
import dev.longshore.http.Query;
import dev.longshore.http.Request;
import dev.longshore.http.Response;
import dev.longshore.runtime.RuntimeFaultException;
import dev.longshore.runtime.Streams;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;

/// A container's streams: attach, logs, the size of its terminal.
final class StreamRoutes {

    private final Engine engine;
    private final Time time;

    StreamRoutes(Engine engine, Time time) {
        this.engine = engine;
        this.time = time;
    }

    void addTo(Routes routes) {
        routes.add("POST", "/containers/{name}/attach", this::attach);
        routes.add("GET", "/containers/{name}/logs", this::logs);
        routes.add("POST", "/containers/{name}/resize", this::resize);
    }

    /// The answer that ends HTTP on a connection, in the way the client asked for it.
    static Response.Hijack hijack(Request request, boolean tty, Response.Session session) {
        String type = tty ? Multiplexed.RAW : Multiplexed.CONTENT_TYPE;
        boolean upgrades = request.headers().first("Upgrade").isPresent();
        return upgrades
                ? new Response.Hijack(
                        101, Headers.of("Content-Type", type, "Connection", "Upgrade", "Upgrade", "tcp"), session)
                : new Response.Hijack(200, Headers.of("Content-Type", type), session);
    }

    /// A terminal's size out of a query.
    static Streams.Size size(Request request) {
        return new Streams.Size(number(request, "w"), number(request, "h"));
    }

    private static int number(Request request, String name) {
        String text = request.query().first(name).orElse("");
        if (!text.matches("[0-9]{1,5}")) {
            throw EngineException.invalid(
                    "invalid resize " + (name.equals("h") ? "height" : "width") + " \"" + text + "\": invalid syntax");
        }
        return Integer.parseInt(text);
    }

    private Response attach(Request request, String name) {
        EngineContainer container = engine.containers().get(name);
        switch (container.state().status()) {
            case PAUSED ->
                throw EngineException.conflict(
                        "container " + container.id() + " is paused, unpause the container before attach");
            case RESTARTING ->
                throw EngineException.conflict("container " + container.id()
                        + " is restarting, wait until the container is running before attach");
            case CREATED, RUNNING, EXITED, REMOVING, DEAD -> {}
        }
        Query query = request.query();
        String keys = query.first("detachKeys").orElse("");
        if (!keys.isEmpty()) {
            DetachKeys.parse(keys);
        }
        boolean tty = container.config().tty();
        // Joined now, not when the session begins: the client starts the container as soon as it has the answer.
        CompletableFuture<Streams.Attachment> attachment =
                query.isSet("stream") ? join(container) : CompletableFuture.failedFuture(new CancellationException());
        return hijack(request, tty, (in, out) -> {
            var frames = new Multiplexed(out);
            Optional<OutputStream> stdout = query.isSet("stdout")
                    ? Optional.of(tty ? out : frames.stream(Multiplexed.STDOUT))
                    : Optional.empty();
            Optional<OutputStream> stderr =
                    query.isSet("stderr") && !tty ? Optional.of(frames.stream(Multiplexed.STDERR)) : Optional.empty();
            if (query.isSet("logs")) {
                var outputs = new HashMap<Integer, OutputStream>();
                stdout.ifPresent(stream -> outputs.put(Multiplexed.STDOUT, stream));
                stderr.ifPresent(stream -> outputs.put(Multiplexed.STDERR, stream));
                var all = new ContainerLogs.Wanted(false, Optional.empty(), Optional.empty(), -1, false, "");
                new ContainerLogs(container.logFile(), all, outputs, time).copy(() -> false);
            }
            Optional<InputStream> stdin =
                    query.isSet("stdin") && container.config().openStdin()
                            ? Optional.of(typed(container, in, tty, keys))
                            : Optional.empty();
            engine.events().tell(container, "attach");
            pump(attachment, new Streams.Stdio(stdin, stdout, stderr));
        });
    }

    private InputStream typed(EngineContainer container, InputStream in, boolean tty, String keys) {
        if (!tty) {
            return in;
        }
        Thread session = Thread.currentThread();
        return new DetachKeys(in, keys, () -> {
            engine.events().tell(container, "detach");
            session.interrupt();
        });
    }

    private CompletableFuture<Streams.Attachment> join(EngineContainer container) {
        container.work().lock();
        try {
            RunState state = container.state();
            if (!state.hasProcesses()) {
                return container.awaitStart();
            }
            return CompletableFuture.completedFuture(
                    engine.host().runtime().streams().join(state.runtimeId()));
        } catch (RuntimeFaultException gone) {
            return CompletableFuture.failedFuture(gone);
        } finally {
            container.work().unlock();
        }
    }

    private static void pump(CompletableFuture<Streams.Attachment> future, Streams.Stdio stdio) {
        try (Streams.Attachment attachment = future.get()) {
            attachment.run(stdio, Optional::empty);
        } catch (ExecutionException | CancellationException neverStarted) {
            return;
        } catch (InterruptedException detached) {
            // Whoever is attached has typed the keys that say so, or the server stops: the connection ends.
            return;
        }
    }

    private Response resize(Request request, String name) {
        EngineContainer container = engine.containers().get(name);
        Streams.Size size = size(request);
        if (!container.state().hasProcesses()) {
            throw EngineException.conflict("container " + container.id() + " is not running");
        }
        try {
            engine.host().runtime().streams().resize(container.state().runtimeId(), size);
        } catch (RuntimeFaultException gone) {
            throw EngineException.failed(gone.getMessage(), gone);
        }
        engine.events()
                .tell(
                        container,
                        "resize",
                        Map.of("height", String.valueOf(size.rows()), "width", String.valueOf(size.columns())));
        return Response.text(200, "");
    }

    private Response logs(Request request, String name) {
        EngineContainer container = engine.containers().get(name);
        Query query = request.query();
        boolean tty = container.config().tty();
        if (!query.isSet("stdout") && !query.isSet("stderr")) {
            throw EngineException.invalid("Bad parameters: you must choose at least one stream");
        }
        if (!new LogConfig(container.config().host().path("LogConfig")).isReadable()) {
            throw new EngineException(
                    EngineException.Kind.NOT_IMPLEMENTED, "configured logging driver does not support reading");
        }
        var wanted = new ContainerLogs.Wanted(
                query.isSet("follow"),
                JsonFields.moment(query.first("since").orElse(""), time.now()),
                JsonFields.moment(query.first("until").orElse(""), time.now()),
                tail(query.first("tail").orElse("")),
                query.isSet("timestamps"),
                query.isSet("details") ? details(container) : "");
        String type = tty ? Multiplexed.RAW : Multiplexed.CONTENT_TYPE;
        return new Response.Stream(200, Headers.of("Content-Type", type), out -> {
            out.flush();
            var frames = new Multiplexed(out);
            var outputs = new HashMap<Integer, OutputStream>();
            if (query.isSet("stdout")) {
                outputs.put(Multiplexed.STDOUT, tty ? out : frames.stream(Multiplexed.STDOUT));
            }
            if (query.isSet("stderr")) {
                outputs.put(Multiplexed.STDERR, tty ? out : frames.stream(Multiplexed.STDERR));
            }
            new ContainerLogs(container.logFile(), wanted, outputs, time)
                    .copy(() -> container.state().hasProcesses());
        });
    }

    private static long tail(String text) {
        return text.matches("[0-9]{1,18}") ? Long.parseLong(text) : -1;
    }

    private static String details(EngineContainer container) {
        Map<String, String> labels = container.config().labels();
        String all = JsonFields.map(container.config().host().path("LogConfig").path("Config"))
                .getOrDefault("labels", "");
        return java.util.Arrays.stream(all.split(","))
                        .filter(labels::containsKey)
                        .map(label -> label + "=" + labels.get(label))
                        .collect(Collectors.joining(","))
                + " ";
    }
}
