package dev.longshore.docker;

import dev.longshore.base.Json;
import dev.longshore.http.Response;

/// What this engine does not have, answered as an engine does that lacks it: Docker's own clusters (swarm), for here
/// Kubernetes does that; plugins; checkpoints; BuildKit's sessions.
final class ClusterRoutes {

    private static final String NO_MANAGER =
            "This node is not a swarm manager. Use \"docker swarm init\" or \"docker swarm "
                    + "join\" to connect this node to swarm and try again.";
    private static final String NO_MEMBER = "This node is not part of a swarm";
    private static final String NO_SWARM =
            "swarm mode is not supported here: this engine is part of a Kubernetes cluster";
    private static final String NO_PLUGINS = "plugins are not supported here";
    private static final String NO_SESSION =
            "BuildKit sessions are not served here: build with DOCKER_BUILDKIT=0, or with longshore build";
    private static final String EXPERIMENTAL = "This experimental feature is disabled by default. Start the Docker "
            + "daemon in experimental mode in order to enable it.";
    private static final int UNAVAILABLE = 503;
    private static final int NOT_IMPLEMENTED = 501;
    private static final String[] METHODS = {"GET", "POST", "DELETE"};

    void addTo(Routes routes) {
        swarm(routes);
        plugins(routes);
        refuse(routes, "POST", "/session", NOT_IMPLEMENTED, NO_SESSION);
        refuse(routes, "POST", "/grpc", NOT_IMPLEMENTED, NO_SESSION);
        for (String method : METHODS) {
            refuse(routes, method, "/containers/{name}/checkpoints", NOT_IMPLEMENTED, EXPERIMENTAL);
        }
        refuse(
                routes,
                "PUT",
                "/volumes/{name}",
                UNAVAILABLE,
                "volume update only valid for cluster volumes, but swarm is unavailable");
    }

    private static void swarm(Routes routes) {
        refuse(routes, "POST", "/swarm/init", NOT_IMPLEMENTED, NO_SWARM);
        refuse(routes, "POST", "/swarm/join", NOT_IMPLEMENTED, NO_SWARM);
        refuse(routes, "POST", "/swarm/leave", UNAVAILABLE, NO_MEMBER);
        refuse(routes, "POST", "/swarm/unlock", UNAVAILABLE, NO_MEMBER);
        for (String group : new String[] {"swarm", "nodes", "services", "tasks", "secrets", "configs"}) {
            for (String method : METHODS) {
                refuse(routes, method, "/" + group, UNAVAILABLE, NO_MANAGER);
                refuse(routes, method, "/" + group + "/{name}", UNAVAILABLE, NO_MANAGER);
            }
        }
    }

    private static void plugins(Routes routes) {
        routes.add("GET", "/plugins", (request, name) -> Response.json(200, Json.bytes(Json.array())));
        refuse(routes, "GET", "/plugins/privileges", NOT_IMPLEMENTED, NO_PLUGINS);
        refuse(routes, "POST", "/plugins/pull", NOT_IMPLEMENTED, NO_PLUGINS);
        refuse(routes, "POST", "/plugins/create", NOT_IMPLEMENTED, NO_PLUGINS);
        for (String action : new String[] {"enable", "disable", "push", "set", "upgrade"}) {
            routes.add("POST", "/plugins/{name}/" + action, (request, name) -> absent(name));
        }
        routes.add("GET", "/plugins/{name}/json", (request, name) -> absent(name));
        routes.add("DELETE", "/plugins/{name}", (request, name) -> absent(name));
    }

    private static Response absent(String plugin) {
        return DockerEngine.error(404, "plugin \"" + plugin + "\" not found");
    }

    private static void refuse(Routes routes, String method, String pattern, int status, String why) {
        routes.add(method, pattern, (request, name) -> DockerEngine.error(status, why));
    }
}
