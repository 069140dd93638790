package dev.longshore.docker;

import dev.longshore.base.Json;
import dev.longshore.base.Time;
import dev.longshore.http.Headers;
import dev.longshore.http.Query;
import dev.longshore.http.Request;
import dev.longshore.http.Response;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import tools.jackson.databind.node.ObjectNode;

/// Making, listing, starting, stopping and removing containers.
final class ContainerRoutes {

    private static final Duration HEARTBEAT = Duration.ofSeconds(10);

    private final Engine engine;
    private final Time time;

    ContainerRoutes(Engine engine, Time time) {
        this.engine = engine;
        this.time = time;
    }

    void addTo(Routes routes) {
        routes.add("POST", "/containers/create", (request, name) -> create(request));
        routes.add("GET", "/containers/json", (request, name) -> list(request));
        routes.add("POST", "/containers/prune", (request, name) -> prune(request));
        routes.add("GET", "/containers/{name}/json", this::inspect);
        routes.add("POST", "/containers/{name}/start", (request, name) -> {
            engine.runs().start(engine.containers().get(name));
            return done();
        });
        routes.add("POST", "/containers/{name}/stop", (request, name) -> {
            engine.runs().stop(engine.containers().get(name), text(request, "signal"), seconds(request));
            return done();
        });
        routes.add("POST", "/containers/{name}/restart", (request, name) -> {
            engine.runs().restart(engine.containers().get(name), text(request, "signal"), seconds(request));
            return done();
        });
        routes.add("POST", "/containers/{name}/kill", (request, name) -> {
            String signal = text(request, "signal");
            engine.runs().kill(engine.containers().get(name), signal.isEmpty() ? "SIGKILL" : signal);
            return done();
        });
        routes.add("POST", "/containers/{name}/pause", (request, name) -> {
            engine.runs().pause(engine.containers().get(name));
            return done();
        });
        routes.add("POST", "/containers/{name}/unpause", (request, name) -> {
            engine.runs().unpause(engine.containers().get(name));
            return done();
        });
        routes.add("POST", "/containers/{name}/wait", this::await);
        routes.add("POST", "/containers/{name}/rename", this::rename);
        routes.add("POST", "/containers/{name}/update", this::update);
        routes.add("DELETE", "/containers/{name}", this::remove);
    }

    private static Response done() {
        return new Response.Full(204, Headers.EMPTY, new byte[0]);
    }

    private static String text(Request request, String name) {
        return request.query().first(name).orElse("");
    }

    private static Optional<Integer> seconds(Request request) {
        String text = text(request, "t");
        if (text.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(Integer.valueOf(text));
        } catch (NumberFormatException wrong) {
            throw new EngineException(EngineException.Kind.INVALID, "invalid timeout: " + text, wrong);
        }
    }

    private Response create(Request request) throws IOException, InterruptedException {
        Creation.Made made = engine.creation()
                .create(
                        text(request, "name"),
                        Bodies.object(request),
                        ApiVersion.of(request),
                        ImageRoutes.platform(request));
        ObjectNode answer = Json.object().put("Id", made.container().id());
        JsonFields.put(answer.putArray("Warnings"), made.warnings());
        return Response.json(201, Json.bytes(answer));
    }

    private Response list(Request request) throws IOException {
        Query query = request.query();
        Filters filters = Filters.parse(text(request, "filters"), ContainerFilter.KNOWN);
        int limit = query.first("limit")
                .filter(text -> text.matches("[0-9]{1,9}"))
                .map(Integer::valueOf)
                .orElse(0);
        boolean all = query.isSet("all") || limit > 0;
        ApiVersion version = ApiVersion.of(request);
        var filter = new ContainerFilter(filters, all, engine.containers(), engine.views(), time);
        var answer = Json.array();
        for (EngineContainer container : engine.containers().list()) {
            if (filter.accepts(container) && (limit == 0 || answer.size() < limit)) {
                answer.add(engine.views().summary(container, query.isSet("size"), time.now(), version));
            }
        }
        return Response.json(200, Json.bytes(answer));
    }

    private Response inspect(Request request, String name) throws IOException {
        EngineContainer container = engine.containers().get(name);
        return Response.json(
                200,
                Json.bytes(engine.views().inspect(container, request.query().isSet("size"), ApiVersion.of(request))));
    }

    private Response await(Request request, String name) {
        EngineContainer container = engine.containers().get(name);
        CompletableFuture<RunState> end = engine.runs().await(container, text(request, "condition"));
        return new Response.Stream(200, Headers.of("Content-Type", "application/json"), out -> {
            // The client starts the container only when it knows that somebody waits.
            out.flush();
            while (true) {
                try {
                    RunState state = end.get(HEARTBEAT.toSeconds(), TimeUnit.SECONDS);
                    ObjectNode answer = Json.object().put("StatusCode", state.exitCode());
                    out.write(Json.bytes(answer));
                    return;
                } catch (TimeoutException notYet) {
                    // White space finds out whether anybody still waits.
                    out.write('\n');
                    out.flush();
                } catch (ExecutionException impossible) {
                    throw new AssertionError("an end never fails", impossible);
                }
            }
        });
    }

    private Response rename(Request request, String name) throws InterruptedException {
        EngineContainer container = engine.containers().get(name);
        String wanted = text(request, "name");
        String plain = wanted.startsWith("/") ? wanted.substring(1) : wanted;
        if (plain.isEmpty()) {
            throw EngineException.invalid("Neither old nor new names may be empty");
        }
        container.work().lockInterruptibly();
        try {
            String before = container.name();
            if (before.equals(plain)) {
                throw EngineException.invalid("Renaming a container with the same name as its current name");
            }
            container.rename(engine.containers().reserve(plain, container.id()));
            engine.containers().release(before, container.id());
            engine.containers().save(container);
            engine.networks().refresh();
            engine.events().tell(container, "rename", java.util.Map.of("oldName", "/" + before));
        } finally {
            container.work().unlock();
        }
        return done();
    }

    private Response update(Request request, String name) throws IOException, InterruptedException {
        EngineContainer container = engine.containers().get(name);
        var updates = new ContainerUpdates(engine.host().runtime(), engine.containers(), engine.events());
        return Response.json(200, Json.bytes(ContainerUpdates.shown(updates.apply(container, Bodies.object(request)))));
    }

    private Response remove(Request request, String name) throws InterruptedException {
        if (request.query().isSet("link")) {
            throw EngineException.invalid("removing links is not supported");
        }
        EngineContainer container = engine.containers().get(name);
        engine.runs()
                .remove(
                        container,
                        request.query().isSet("force"),
                        request.query().isSet("v"));
        return done();
    }

    private Response prune(Request request) throws InterruptedException {
        Filters filters = Filters.parse(text(request, "filters"), Set.of("label", "label!", "until"));
        Optional<Instant> until =
                filters.values("until").stream().findFirst().flatMap(text -> JsonFields.moment(text, time.now()));
        long freed = 0;
        List<String> removed = new ArrayList<>();
        for (EngineContainer container : engine.containers().list()) {
            boolean isOld = until.filter(container.createdAt()::isAfter).isEmpty();
            if (!container.state().isRunning()
                    && isOld
                    && filters.labels(container.config().labels())) {
                freed += Volumes.size(container.upper());
                engine.runs().remove(container, false, false);
                removed.add(container.id());
            }
        }
        engine.all().tell("container", "prune", "", java.util.Map.of("reclaimed", String.valueOf(freed)));
        ObjectNode answer = Json.object();
        if (removed.isEmpty()) {
            answer.putNull("ContainersDeleted");
        } else {
            JsonFields.put(answer.putArray("ContainersDeleted"), removed);
        }
        return Response.json(200, Json.bytes(answer.put("SpaceReclaimed", freed)));
    }
}
