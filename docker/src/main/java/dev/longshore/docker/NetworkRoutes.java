package dev.longshore.docker;

import dev.longshore.base.Json;
import dev.longshore.base.Time;
import dev.longshore.http.Request;
import dev.longshore.http.Response;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/// Networks.
final class NetworkRoutes {

    private final Engine engine;
    private final Time time;

    NetworkRoutes(Engine engine, Time time) {
        this.engine = engine;
        this.time = time;
    }

    void addTo(Routes routes) {
        routes.add("GET", "/networks", (request, name) -> list(request));
        routes.add("POST", "/networks/create", (request, name) -> create(request));
        routes.add("POST", "/networks/prune", (request, name) -> prune(request));
        routes.add("POST", "/networks/{name}/connect", this::connect);
        routes.add("POST", "/networks/{name}/disconnect", this::disconnect);
        routes.add("GET", "/networks/{name}", (request, name) -> {
            EngineNet network = engine.networks().ready(engine.networks().get(name));
            return Response.json(
                    200, Json.bytes(Networks.shown(network, engine.containers().list())));
        });
        routes.add("DELETE", "/networks/{name}", (request, name) -> {
            engine.networks().remove(engine.networks().get(name));
            return Response.text(204, "");
        });
    }

    private Response list(Request request) {
        Filters filters = Filters.parse(
                request.query().first("filters").orElse(""),
                Set.of("dangling", "driver", "id", "label", "name", "scope", "type"));
        var answer = Json.array();
        for (EngineNet network : engine.networks().list()) {
            if (filters.any("name", network.name()::contains)
                    && filters.any("id", network.id()::startsWith)
                    && filters.any("driver", network.driver()::equals)
                    && filters.any("scope", "local"::equals)
                    && filters.any("type", type -> type.equals("builtin") == network.isPredefined())
                    && filters.labels(network.labels())
                    && (!filters.has("dangling") || filters.isTrue("dangling", true) == isDangling(network))) {
                answer.add(network.shown());
            }
        }
        return Response.json(200, Json.bytes(answer));
    }

    private boolean isDangling(EngineNet network) {
        return !network.isPredefined()
                && engine.containers().list().stream()
                        .flatMap(container -> container.endpoints().values().stream())
                        .noneMatch(endpoint -> endpoint.networkId().equals(network.id()));
    }

    private Response create(Request request) throws IOException, InterruptedException {
        EngineNet made = engine.networks().create(NetworkWish.of(Bodies.object(request)));
        return Response.json(201, Json.bytes(Json.object().put("Id", made.id()).put("Warning", "")));
    }

    private Response connect(Request request, String name) throws IOException, InterruptedException {
        ObjectNode wanted = Bodies.object(request);
        EngineNet network = engine.networks().ready(engine.networks().get(name));
        EngineContainer container =
                engine.containers().get(wanted.path("Container").asString(""));
        if (!network.isBridge()) {
            throw EngineException.invalid("container cannot be connected to the network " + network.name());
        }
        engine.connections().connect(container, network, Creation.endpoint(network, wanted.path("EndpointConfig")));
        return Response.text(200, "");
    }

    private Response disconnect(Request request, String name) throws IOException, InterruptedException {
        ObjectNode wanted = Bodies.object(request);
        EngineNet network = engine.networks().get(name);
        engine.connections()
                .disconnect(engine.containers().get(wanted.path("Container").asString("")), network);
        return Response.text(200, "");
    }

    private Response prune(Request request) throws IOException, InterruptedException {
        Filters filters =
                Filters.parse(request.query().first("filters").orElse(""), Set.of("label", "label!", "until"));
        Optional<Instant> until =
                filters.values("until").stream().findFirst().flatMap(text -> JsonFields.moment(text, time.now()));
        List<String> removed = new ArrayList<>();
        for (EngineNet network : engine.networks().list()) {
            boolean isOld = until.filter(network.createdAt()::isAfter).isEmpty();
            if (isDangling(network) && isOld && filters.labels(network.labels())) {
                engine.networks().remove(network);
                removed.add(network.name());
            }
        }
        ObjectNode answer = Json.object();
        JsonFields.put(answer.putArray("NetworksDeleted"), removed);
        return Response.json(200, Json.bytes(answer));
    }
}
