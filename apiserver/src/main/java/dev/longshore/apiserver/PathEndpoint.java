package dev.longshore.apiserver;

import dev.longshore.apiserver.aggregation.Aggregator;
import dev.longshore.apiserver.aggregation.ApiRegistration;
import dev.longshore.apiserver.aggregation.Description;
import dev.longshore.apiserver.flow.FlowControl;
import dev.longshore.apiserver.objects.Keys;
import dev.longshore.base.GoJson;
import dev.longshore.base.Json;
import dev.longshore.http.Headers;
import dev.longshore.http.Request;
import dev.longshore.http.Response;
import dev.longshore.model.GroupResource;
import dev.longshore.model.GroupVersionKind;
import dev.longshore.model.ResourceDefinition;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Answers requests that are not about resources: versions, health, discovery, descriptions, metrics.
final class PathEndpoint {

    private static final Set<String> INDEXES = Set.of("/", "/index.html");
    private static final Headers TEXT = Headers.of(
            "Cache-Control",
            "no-cache, private",
            "Content-Type",
            "text/plain; charset=utf-8",
            "X-Content-Type-Options",
            "nosniff");

    private static final String FLOWS = "/debug/api_priority_and_fairness/";

    private final ApiServerConfig config;
    private final Machine machine;
    private final Health health;
    private final FlowControl control;
    private final Optional<Aggregation> aggregation;
    private final AuditMetrics audit;
    private volatile Described described;

    PathEndpoint(
            Machine machine,
            ApiServerConfig config,
            Health health,
            FlowControl control,
            Optional<Aggregation> aggregation,
            AuditMetrics audit) {
        this.aggregation = aggregation;
        this.audit = audit;
        this.control = control;
        this.machine = machine;
        this.config = config;
        this.health = health;
    }

    /// What is told of one catalog.
    ///
    /// @param own the kinds that this server describes
    private record Described(
            Catalog catalog,
            Optional<Aggregator.View> view,
            List<GroupVersionKind> own,
            ServedGroups served,
            Discovery discovery,
            OpenApi openApi) {}

    Response answer(Request request) throws InterruptedException {
        Optional<Response> answer = machinery(request).or(() -> documents(request));
        return answer.isPresent() ? answer.get() : health.answer(request).orElseGet(PathEndpoint::noSuchPath);
    }

    /// The answer to a path that leads nowhere.
    static Response noSuchPath() {
        return new Response.Full(404, TEXT, "404 page not found\n".getBytes(StandardCharsets.UTF_8));
    }

    /// These take any method.
    private Optional<Response> machinery(Request request) {
        String path = request.path();
        if (path.startsWith("/openapi/v")) {
            return described().openApi.answer(request);
        }
        if (INDEXES.contains(path)) {
            return Optional.of(pretty(request, index()));
        }
        if (path.startsWith(FLOWS)) {
            return control.dump(path.substring(FLOWS.length())).map(text -> Response.text(200, text));
        }
        return switch (path) {
            case "/metrics" -> Optional.of(metrics());
            case "/metrics/slis" -> {
                var text = new MetricsText();
                health.print(text);
                yield Optional.of(metrics(text.toString()));
            }
            default -> Optional.empty();
        };
    }

    /// These can only be read.
    private Optional<Response> documents(Request request) {
        String path = request.path();
        Function<Request, Optional<Response>> document =
                switch (path.replaceFirst("/$", "")) {
                    case "/version" ->
                        asked -> Optional.of(pretty(asked, config.version().json()));
                    case "/.well-known/openid-configuration" ->
                        asked -> openId(ApiServerConfig.OpenId::configuration, "application/json");
                    case "/openid/v1/jwks" -> asked -> openId(ApiServerConfig.OpenId::keys, "application/jwk-set+json");
                    default -> asked -> Optional.empty();
                };
        boolean isDiscovery =
                path.equals("/api") || path.startsWith("/api/") || path.equals("/apis") || path.startsWith("/apis/");
        Optional<Response> answer = isDiscovery ? described().discovery.answer(request) : document.apply(request);
        if (answer.isPresent() && !request.method().equals("GET")) {
            throw ResourceEndpoint.methodNotAllowed();
        }
        return answer;
    }

    private static Response pretty(Request request, JsonNode tree) {
        return Answers.bytes(request, 200, GoJson.prettyBytes(tree), "application/json");
    }

    private Described described() {
        Catalog catalog = machine.catalog();
        Optional<Aggregator.View> view =
                aggregation.map(others -> others.aggregator().view());
        Described current = described;
        if (current == null || current.catalog != catalog || !isSame(current.view, view)) {
            current = described(current, catalog, view);
            described = current;
        }
        return current;
    }

    private static boolean isSame(Optional<Aggregator.View> one, Optional<Aggregator.View> other) {
        return one.orElse(null) == other.orElse(null);
    }

    private Described described(Described before, Catalog catalog, Optional<Aggregator.View> view) {
        Catalog own = view.map(known -> catalog.without(kind ->
                        known.isForeign(kind.group(), kind.version()) || known.isHidden(kind.group(), kind.version())))
                .orElse(catalog);
        boolean isKnown = before != null && before.catalog == catalog && before.own.equals(kinds(own));
        OpenApi openApi = isKnown
                ? before.openApi
                : new OpenApi(own, machine.schemas, config.version().gitVersion(), machine.time::now);
        ServedGroups served =
                view.map(known -> ServedGroups.of(catalog, known)).orElseGet(() -> ServedGroups.of(catalog));
        return new Described(
                catalog,
                view,
                kinds(own),
                served,
                new Discovery(catalog, served, config.publicAddress()),
                openApi.with(view.map(PathEndpoint::others).orElse(OpenApi.Others.NONE)));
    }

    private static List<GroupVersionKind> kinds(Catalog catalog) {
        return catalog.all().stream().map(ResourceDefinition::kind).toList();
    }

    private static OpenApi.Others others(Aggregator.View view) {
        var parts = new TreeMap<String, String>();
        var swaggers = new ArrayList<ObjectNode>();
        var old = new TreeMap<String, OpenApi.Old>();
        var tags = new StringBuilder();
        for (ApiRegistration one : view.registrations().foreign()) {
            Description description = view.described(one);
            String name = one.path().substring(1);
            if (!description.part().isEmpty()) {
                parts.put(name, description.part());
            } else {
                description
                        .swagger()
                        .ifPresent(share -> old.put(
                                name, new OpenApi.Old(share, description.tag().toUpperCase(Locale.ROOT))));
            }
            description.swagger().ifPresent(swaggers::add);
            tags.append(description.part())
                    .append(' ')
                    .append(description.tag())
                    .append('\n');
        }
        boolean isNothing = parts.isEmpty() && swaggers.isEmpty();
        return isNothing ? OpenApi.Others.NONE : new OpenApi.Others(parts, swaggers, old, tags.toString());
    }

    private ObjectNode index() {
        var paths = new TreeSet<>(health.paths());
        paths.addAll(List.of("/api", "/apis", "/apis/", "/metrics", "/metrics/slis", "/openapi/v2", "/openapi/v3"));
        paths.addAll(List.of("/openapi/v3/", "/version"));
        if (config.openId().isPresent()) {
            paths.addAll(List.of("/.well-known/openid-configuration", "/openid/v1/jwks"));
        }
        Catalog catalog = machine.catalog();
        catalog.versions("").forEach(version -> paths.add("/api/" + version));
        for (ServedGroups.Group group : described().served.groups()) {
            paths.add("/apis/" + group.name());
            group.versions().forEach(version -> paths.add("/apis/" + group.name() + "/" + version.name()));
        }
        ObjectNode index = Json.object();
        ArrayNode list = index.putArray("paths");
        paths.forEach(list::add);
        return index;
    }

    private Response metrics() {
        var text = new MetricsText();
        machine.metrics.print(text);
        machine.admissions.metrics().forEach(text::family);
        text.family("apiserver_storage_objects", "gauge", "Objects that are stored, by resource.");
        var counted = new HashSet<GroupResource>();
        for (ResourceDefinition definition : machine.catalog().all()) {
            GroupResource resource = definition.resource();
            if (definition.virtual().isEmpty() && counted.add(resource)) {
                Keys keys = Versions.keys(definition);
                String name =
                        resource.group().isEmpty() ? resource.resource() : resource.resource() + "." + resource.group();
                long count = machine.objects.count(keys.range(""));
                text.sample("apiserver_storage_objects", MetricsText.labels("resource", name), count);
            }
        }
        text.family("kubernetes_build_info", "gauge", "What is running.");
        text.sample("kubernetes_build_info", config.version().labels(), 1);
        aggregation.ifPresent(others -> others.print(text));
        audit.print(text);
        ProcessMetrics.print(text);
        return metrics(text + control.metrics());
    }

    private static Response metrics(String text) {
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        Headers headers = Headers.of("Cache-Control", "no-cache, private", "Content-Type", MetricsText.MEDIA_TYPE);
        return new Response.Full(200, headers, body);
    }

    private Optional<Response> openId(Function<ApiServerConfig.OpenId, Supplier<JsonNode>> part, String type) {
        Headers headers = Headers.of("Cache-Control", "public, max-age=3600", "Content-Type", type);
        return config.openId()
                .map(told -> new Response.Full(
                        200, headers, GoJson.bytes(part.apply(told).get())));
    }
}
