package dev.longshore.docker;

import dev.longshore.base.Json;
import dev.longshore.http.Request;
import dev.longshore.http.Response;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import tools.jackson.databind.node.ObjectNode;

/// Volumes.
final class VolumeRoutes {

    private static final int ANONYMOUS_ALONE_SINCE = 42;

    private final Engine engine;

    VolumeRoutes(Engine engine) {
        this.engine = engine;
    }

    void addTo(Routes routes) {
        routes.add("GET", "/volumes", (request, name) -> list(request));
        routes.add("POST", "/volumes/create", (request, name) -> create(request));
        routes.add("POST", "/volumes/prune", (request, name) -> prune(request));
        routes.add(
                "GET",
                "/volumes/{name}",
                (request, name) ->
                        Response.json(200, Json.bytes(engine.volumes().get(name).shown())));
        routes.add("DELETE", "/volumes/{name}", this::remove);
    }

    private Response list(Request request) {
        Filters filters = Filters.parse(
                request.query().first("filters").orElse(""), Set.of("dangling", "driver", "label", "name"));
        ObjectNode answer = Json.object();
        var list = answer.putArray("Volumes");
        for (Volumes.Volume volume : engine.volumes().list()) {
            boolean isDangling = engine.runs().usersOf(volume.name()).isEmpty();
            if (filters.any("name", volume.name()::contains)
                    && filters.any("driver", "local"::equals)
                    && filters.labels(volume.labels())
                    && (!filters.has("dangling") || filters.isTrue("dangling", true) == isDangling)) {
                list.add(volume.shown());
            }
        }
        answer.putNull("Warnings");
        return Response.json(200, Json.bytes(answer));
    }

    private Response create(Request request) throws IOException {
        ObjectNode wanted = Bodies.object(request);
        String name = wanted.path("Name").asString("");
        engine.volumes().checkDriver(name, wanted.path("Driver").asString(""));
        var labels = JsonFields.map(wanted.path("Labels"));
        Volumes.Volume volume = name.isEmpty()
                ? engine.volumes().anonymous(labels)
                : engine.volumes().ensure(name, labels, JsonFields.map(wanted.path("DriverOpts")));
        return Response.json(201, Json.bytes(volume.shown()));
    }

    private Response remove(Request request, String name) {
        if (request.query().isSet("force")
                && engine.volumes().list().stream()
                        .noneMatch(volume -> volume.name().equals(name))) {
            return Response.text(204, "");
        }
        engine.volumes().get(name);
        List<EngineContainer> users = engine.runs().usersOf(name);
        if (!users.isEmpty()) {
            throw EngineException.conflict("remove " + name + ": volume is in use - ["
                    + users.stream().map(EngineContainer::id).collect(Collectors.joining(", ")) + "]");
        }
        engine.volumes().remove(name);
        return Response.text(204, "");
    }

    private Response prune(Request request) {
        Filters filters = Filters.parse(request.query().first("filters").orElse(""), Set.of("label", "label!", "all"));
        boolean all = ApiVersion.of(request).isBefore(ANONYMOUS_ALONE_SINCE) || filters.isTrue("all", false);
        long freed = 0;
        List<String> removed = new ArrayList<>();
        for (Volumes.Volume volume : engine.volumes().list()) {
            if ((all || volume.isAnonymous())
                    && filters.labels(volume.labels())
                    && engine.runs().usersOf(volume.name()).isEmpty()) {
                freed += engine.volumes().size(volume);
                engine.volumes().remove(volume.name());
                removed.add(volume.name());
            }
        }
        ObjectNode answer = Json.object();
        JsonFields.put(answer.putArray("VolumesDeleted"), removed);
        engine.all().tell("volume", "prune", "", java.util.Map.of("reclaimed", String.valueOf(freed)));
        return Response.json(200, Json.bytes(answer.put("SpaceReclaimed", freed)));
    }
}
