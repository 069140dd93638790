package dev.longshore.apiserver;

import dev.longshore.http.Request;
import dev.longshore.http.Response;
import dev.longshore.model.Fault;
import dev.longshore.model.FaultException;

/// Answers requests that are not about resources: versions, health, discovery.
final class PathEndpoint {

    private final ApiServerConfig config;
    private final Machine machine;

    PathEndpoint(Machine machine, ApiServerConfig config) {
        this.machine = machine;
        this.config = config;
    }

    Response answer(Request request) {
        String path = request.path();
        if (!request.method().equals("GET") && !request.method().equals("HEAD")) {
            throw ResourceEndpoint.methodNotAllowed();
        }
        return switch (path) {
            case "/version", "/version/" ->
                Answers.tree(request, 200, config.version().json(), Representation.of(request, false));
            case "/healthz", "/livez", "/readyz" -> health(request);
            default -> throw new FaultException(new Fault.NoSuchPath());
        };
    }

    /// Healthy is who can read the store.
    private Response health(Request request) {
        machine.objects.revision();
        String check = request.path().substring(1) + " check passed\n";
        return Response.text(
                200, request.query().first("verbose").isPresent() ? "[+]ping ok\n[+]store ok\n" + check : "ok");
    }
}
