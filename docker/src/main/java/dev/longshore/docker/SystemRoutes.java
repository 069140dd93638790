package dev.longshore.docker;

import dev.longshore.base.Json;
import dev.longshore.base.Time;
import dev.longshore.http.Headers;
import dev.longshore.http.Request;
import dev.longshore.http.Response;
import dev.longshore.images.LocalImages;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// `/_ping`, `/version`, `/info`.
final class SystemRoutes {

    private final LocalImages local;
    private final Optional<Engine> engine;
    private final String version;
    private final Time time;

    SystemRoutes(LocalImages local, Optional<Engine> engine, String version, Time time) {
        this.local = local;
        this.engine = engine;
        this.version = version;
        this.time = time;
    }

    void addTo(Routes routes) {
        routes.add("GET", "/_ping", (request, name) -> ping());
        routes.add("HEAD", "/_ping", (request, name) -> ping());
        routes.add("GET", "/version", (request, name) -> version());
        routes.add("GET", "/info", (request, name) -> info(request));
    }

    private static Response ping() {
        return new Response.Full(
                200,
                Headers.of(
                        "Content-Type", "text/plain; charset=utf-8",
                        "Builder-Version", "1",
                        "Swarm", "inactive",
                        "Cache-Control", "no-cache, no-store, must-revalidate",
                        "Pragma", "no-cache"),
                "OK".getBytes(StandardCharsets.UTF_8));
    }

    /// What Docker's engine of this API is called: clients (Testcontainers) want a certain one at least.
    static String engineVersion(String version) {
        return DockerEngine.DOCKER_VERSION + "+longshore." + version;
    }

    private Response version() throws IOException {
        ObjectNode tree = Json.object();
        tree.putObject("Platform").put("Name", "Longshore " + version);
        ObjectNode engine = tree.putArray("Components").addObject();
        engine.put("Name", "Engine").put("Version", engineVersion(version));
        engine.putObject("Details")
                .put("ApiVersion", DockerEngine.API_VERSION)
                .put("MinAPIVersion", DockerEngine.OLDEST_API_VERSION)
                .put("Arch", local.images().platform().architecture())
                .put("Os", "linux")
                .put("KernelVersion", kernel())
                .put("Experimental", "false")
                .put("GitCommit", "")
                .put("GoVersion", "none (Java)")
                .put("BuildTime", "");
        tree.put("Version", engineVersion(version))
                .put("ApiVersion", DockerEngine.API_VERSION)
                .put("MinAPIVersion", DockerEngine.OLDEST_API_VERSION)
                .put("GitCommit", "")
                .put("GoVersion", "none (Java)")
                .put("Os", "linux")
                .put("Arch", local.images().platform().architecture())
                .put("KernelVersion", kernel())
                .put("BuildTime", "");
        return Response.json(200, Json.bytes(tree));
    }

    private Response info(Request request) throws IOException {
        var info = new EngineInfo(local, engine, HostAbilities.HERE, version, time);
        return Response.json(200, Json.bytes(info.shown(ApiVersion.of(request))));
    }

    private static String kernel() throws IOException {
        return HostAbilities.HERE.kernel();
    }
}
