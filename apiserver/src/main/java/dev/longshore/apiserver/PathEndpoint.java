package dev.longshore.apiserver;

import dev.longshore.apiserver.flow.FlowControl;
import dev.longshore.base.Json;
import dev.longshore.http.Request;
import dev.longshore.http.Response;
import dev.longshore.model.Fault;
import dev.longshore.model.FaultException;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Answers requests that are not about resources: versions, health, discovery, descriptions.
final class PathEndpoint {

    private static final List<String> CHECKS = List.of("ping", "store");

    private static final String FLOWS = "/debug/api_priority_and_fairness/";

    private final ApiServerConfig config;
    private final Machine machine;
    private final FlowControl control;
    private volatile Described described;

    PathEndpoint(Machine machine, ApiServerConfig config, FlowControl control) {
        this.control = control;
        this.machine = machine;
        this.config = config;
    }

    /// What is told of one catalog.
    private record Described(Catalog catalog, Discovery discovery, OpenApi openApi) {}

    Response answer(Request request) {
        if (!request.method().equals("GET") && !request.method().equals("HEAD")) {
            throw ResourceEndpoint.methodNotAllowed();
        }
        String path = request.path();
        boolean isDiscovery =
                path.equals("/api") || path.startsWith("/api/") || path.equals("/apis") || path.startsWith("/apis/");
        if (isDiscovery) {
            return described().discovery.answer(request).orElseThrow(PathEndpoint::noSuchPath);
        }
        if (path.startsWith("/openapi/v")) {
            return described().openApi.answer(request).orElseThrow(PathEndpoint::noSuchPath);
        }
        if (path.startsWith(FLOWS)) {
            return control.dump(path.substring(FLOWS.length()))
                    .map(text -> Response.text(200, text))
                    .orElseThrow(PathEndpoint::noSuchPath);
        }
        return switch (path) {
            case "/" -> index(request);
            case "/version", "/version/" ->
                Answers.tree(request, 200, config.version().json(), Representation.of(request, false));
            case "/healthz", "/livez", "/readyz" -> health(request);
            case "/metrics" -> Response.text(200, machine.metrics.print() + control.metrics());
            case "/.well-known/openid-configuration" -> openId(request, ApiServerConfig.OpenId::configuration);
            case "/openid/v1/jwks" -> openId(request, ApiServerConfig.OpenId::keys);
            default -> health(request, path);
        };
    }

    private static FaultException noSuchPath() {
        return new FaultException(new Fault.NoSuchPath());
    }

    private Described described() {
        Catalog catalog = machine.catalog();
        Described current = described;
        if (current == null || current.catalog != catalog) {
            current = new Described(
                    catalog,
                    new Discovery(catalog, config.publicAddress()),
                    new OpenApi(catalog, machine.schemas, config.version().gitVersion()));
            described = current;
        }
        return current;
    }

    private Response index(Request request) {
        ObjectNode index = Json.object();
        ArrayNode paths = index.putArray("paths");
        List.of("/api", "/apis", "/healthz", "/livez", "/metrics", "/openapi/v2", "/openapi/v3", "/readyz", "/version")
                .forEach(paths::add);
        return Answers.tree(request, 200, index, Representation.of(request, false));
    }

    /// One check alone: `/readyz/ping`.
    private Response health(Request request, String path) {
        boolean isKnown = List.of("/healthz/", "/livez/", "/readyz/").stream()
                .filter(path::startsWith)
                .anyMatch(prefix -> CHECKS.contains(path.substring(prefix.length())));
        if (!isKnown) {
            throw noSuchPath();
        }
        return health(request);
    }

    /// Healthy is who can read the store.
    private Response health(Request request) {
        machine.objects.revision();
        if (request.query().first("verbose").isEmpty()) {
            return Response.text(200, "ok");
        }
        var text = new StringBuilder();
        CHECKS.forEach(check -> text.append("[+]").append(check).append(" ok\n"));
        return Response.text(
                200,
                text.append(request.path().substring(1))
                        .append(" check passed\n")
                        .toString());
    }

    private Response openId(Request request, Function<ApiServerConfig.OpenId, tools.jackson.databind.JsonNode> part) {
        Optional<ApiServerConfig.OpenId> openId = config.openId();
        return Answers.tree(
                request, 200, part.apply(openId.orElseThrow(PathEndpoint::noSuchPath)), Representation.PLAIN);
    }
}
