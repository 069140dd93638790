package dev.longshore.docker;

import dev.longshore.base.Json;
import dev.longshore.http.Response;

/// Containers, networks and volumes: here they are Kubernetes' affair. Lists are empty, so that clients which
/// look around first go on; anything else says what to do instead.
final class ContainerRoutes {

    private static final String INSTEAD = "Longshore runs containers as pods: use `kubectl run` or `longshore run`, "
            + "and `kubectl get pods`, `logs`, `exec` for what runs";

    void addTo(Routes routes) {
        routes.add("GET", "/containers/json", (request, name) -> Response.json(200, Json.bytes(Json.array())));
        routes.add("GET", "/networks", (request, name) -> Response.json(200, Json.bytes(Json.array())));
        routes.add("GET", "/volumes", (request, name) -> {
            var answer = Json.object();
            answer.putArray("Volumes");
            answer.putArray("Warnings");
            return Response.json(200, Json.bytes(answer));
        });
        routes.add("POST", "/containers/prune", (request, name) -> nothingPruned("ContainersDeleted"));
        routes.add("POST", "/networks/prune", (request, name) -> nothingPruned("NetworksDeleted"));
        routes.add("POST", "/volumes/prune", (request, name) -> nothingPruned("VolumesDeleted"));
        // `docker inspect NAME` asks for a container first, and for an image when there is none.
        routes.add(
                "GET",
                "/containers/{name}/json",
                (request, name) -> DockerEngine.error(404, "No such container: " + name));
        for (String group : new String[] {"containers", "networks", "volumes", "exec", "swarm", "services", "commit"}) {
            for (String method : new String[] {"GET", "HEAD", "POST", "PUT", "DELETE"}) {
                routes.add(method, "/" + group, (request, name) -> DockerEngine.error(501, INSTEAD));
                routes.add(method, "/" + group + "/{name}", (request, name) -> DockerEngine.error(501, INSTEAD));
            }
        }
    }

    private static Response nothingPruned(String field) {
        var answer = Json.object().put("SpaceReclaimed", 0);
        answer.putArray(field);
        return Response.json(200, Json.bytes(answer));
    }
}
