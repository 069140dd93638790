package dev.longshore.docker;

/// What belongs to Docker's own clusters (swarm): here Kubernetes does that. Answered as an engine does that is in
/// no swarm.
final class ClusterRoutes {

    private static final String NO_SWARM =
            "This node is not a swarm manager. Use \"docker swarm init\" or \"docker swarm "
                    + "join\" to connect this node to swarm and try again.";
    private static final int UNAVAILABLE = 503;

    void addTo(Routes routes) {
        for (String group : new String[] {"swarm", "nodes", "services", "tasks", "secrets", "configs"}) {
            for (String method : new String[] {"GET", "POST", "DELETE"}) {
                routes.add(method, "/" + group, (request, name) -> DockerEngine.error(UNAVAILABLE, NO_SWARM));
                routes.add(
                        method, "/" + group + "/{name}", (request, name) -> DockerEngine.error(UNAVAILABLE, NO_SWARM));
            }
        }
    }
}
