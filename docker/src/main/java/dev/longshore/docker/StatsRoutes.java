package dev.longshore.docker;

import dev.longshore.base.Json;
import dev.longshore.base.Time;
import dev.longshore.http.Headers;
import dev.longshore.http.Request;
import dev.longshore.http.Response;
import dev.longshore.runtime.ContainerStats;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// What containers use, and which processes run in them.
final class StatsRoutes {

    private static final Duration SECOND = Duration.ofSeconds(1);

    private final Engine engine;
    private final Time time;

    StatsRoutes(Engine engine, Time time) {
        this.engine = engine;
        this.time = time;
    }

    void addTo(Routes routes) {
        routes.add("GET", "/containers/{name}/stats", this::stats);
        routes.add("GET", "/containers/{name}/top", this::top);
    }

    private Response stats(Request request, String name) throws IOException, InterruptedException {
        EngineContainer container = engine.containers().get(name);
        boolean streams =
                request.query().first("stream").isEmpty() || request.query().isSet("stream");
        var views = new StatsViews(Path.of("/proc"));
        if (!streams) {
            Optional<StatsViews.Reading> before = Optional.empty();
            if (!request.query().isSet("one-shot") && container.state().hasProcesses()) {
                before = reading(container, views);
                time.sleep(SECOND);
            }
            return Response.json(200, Json.bytes(views.shown(container, reading(container, views), before)));
        }
        return new Response.Stream(200, Headers.of("Content-Type", "application/json"), out -> {
            Optional<StatsViews.Reading> before = Optional.empty();
            while (engine.containers().byId(container.id()).isPresent()) {
                Optional<StatsViews.Reading> now = reading(container, views);
                out.write(Json.bytes(views.shown(container, now, before)));
                out.write('\n');
                out.flush();
                before = now;
                time.sleep(SECOND);
            }
        });
    }

    private Optional<StatsViews.Reading> reading(EngineContainer container, StatsViews views) throws IOException {
        RunState state = container.state();
        Optional<ContainerStats> stats =
                state.hasProcesses() ? engine.host().runtime().containers().stats(state.runtimeId()) : Optional.empty();
        return stats.isEmpty() ? Optional.empty() : Optional.of(views.reading(stats.get()));
    }

    private Response top(Request request, String name) throws InterruptedException {
        EngineContainer container = engine.containers().get(name);
        RunState state = container.state();
        if (state.status() == RunState.Status.RESTARTING) {
            throw EngineException.conflict(
                    "Container " + container.id() + " is restarting, wait until the container is running");
        }
        if (!state.hasProcesses()) {
            throw EngineException.conflict("container " + container.id() + " is not running");
        }
        String wanted = request.query().first("ps_args").orElse("");
        List<String> arguments =
                wanted.isBlank() ? List.of("-ef") : List.of(wanted.strip().split("\\s+"));
        List<String> lines = engine.host()
                .runtime()
                .containers()
                .processTable(arguments)
                .lines()
                .toList();
        List<Integer> inside = engine.host().runtime().containers().processes(state.runtimeId());
        engine.events().tell(container, "top");
        return Response.json(200, Json.bytes(table(lines, inside)));
    }

    /// Those lines of ps that are about `inside`.
    static ObjectNode table(List<String> lines, List<Integer> inside) {
        List<String> titles = lines.isEmpty()
                ? List.of()
                : Arrays.asList(lines.getFirst().strip().split("\\s+"));
        int column = titles.indexOf("PID");
        if (column < 0) {
            throw EngineException.failed("Couldn't find PID field in ps output", null);
        }
        ObjectNode answer = Json.object();
        var processes = answer.putArray("Processes");
        for (String line : lines.subList(1, lines.size())) {
            List<String> fields = new ArrayList<>(Arrays.asList(line.strip().split("\\s+", titles.size())));
            boolean isInside = fields.size() > column
                    && fields.get(column).matches("[0-9]+")
                    && inside.contains(Integer.valueOf(fields.get(column)));
            if (isInside) {
                JsonFields.put(processes.addArray(), fields);
            }
        }
        JsonFields.put(answer.putArray("Titles"), titles);
        return answer;
    }
}
