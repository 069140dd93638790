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
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Networks.
final class NetworkRoutes {

    private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9_.-]*");

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
                    200,
                    Json.bytes(
                            engine.networks().shown(network, engine.containers().list())));
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
        ObjectNode wanted = Bodies.object(request);
        String name = wanted.path("Name").asString("");
        if (!NAME.matcher(name).matches()) {
            throw EngineException.invalid(
                    name.isBlank() ? "network name cannot be empty" : "invalid network name: " + name);
        }
        if (Set.of("bridge", "host", "none", "default").contains(name)) {
            throw EngineException.forbidden("operation is not permitted on predefined " + name + " network");
        }
        String driver = wanted.path("Driver").asString("");
        switch (driver.isEmpty() ? "bridge" : driver) {
            case "bridge" -> {}
            case "host", "null" ->
                throw EngineException.forbidden("only one instance of \"" + driver + "\" network is allowed");
            default ->
                throw EngineException.notFound(
                        "could not find a network driver \"" + driver + "\": plugin \"" + driver + "\" not found");
        }
        if (wanted.path("EnableIPv6").asBoolean(false)) {
            throw EngineException.invalid("networks have IPv4 addresses only here");
        }
        JsonNode ipam = wanted.path("IPAM").path("Config").path(0);
        EngineNet made = engine.networks()
                .create(new Networks.Wish(
                        name,
                        "bridge",
                        ipam.path("Subnet").asString(""),
                        ipam.path("Gateway").asString(""),
                        ipam.path("IPRange").asString(""),
                        wanted.path("Internal").asBoolean(false),
                        wanted.path("Attachable").asBoolean(false),
                        JsonFields.map(wanted.path("Options")),
                        JsonFields.map(wanted.path("Labels"))));
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
