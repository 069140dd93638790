package dev.longshore.http;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Leads requests to handlers by method and path. A pattern is a path with `{name}` for one element and, at the
/// end, `{name...}` for the rest. The first pattern that fits wins; a path that only other methods have gets
/// 405. Immutable once built; thread-safe.
public final class Router implements Handler {

    private final List<Route> routes;
    private final Handler otherwise;

    private Router(List<Route> routes, Handler otherwise) {
        this.routes = List.copyOf(routes);
        this.otherwise = otherwise;
    }

    /// What the pattern's names stood for in a request.
    public record Parameters(Map<String, String> values) {
        public Parameters {
            values = Map.copyOf(values);
        }

        /// What `name` stood for.
        ///
        /// @throws IllegalArgumentException when the pattern has no such name
        public String get(String name) {
            return Optional.ofNullable(values.get(name))
                    .orElseThrow(() -> new IllegalArgumentException("no such path parameter: " + name));
        }
    }

    /// Answers a request whose path fitted.
    @FunctionalInterface
    public interface RouteHandler {
        /// As [Handler#handle].
        Response handle(Request request, Parameters parameters) throws IOException, InterruptedException;
    }

    /// Collects routes.
    public static final class Builder {
        private final List<Route> routes = new ArrayList<>();
        private Handler otherwise = request -> Response.text(404, "404 page not found\n");

        /// Requests with `method` (`*` is any) and a path like `pattern` go to `handler`.
        public Builder route(String method, String pattern, RouteHandler handler) {
            routes.add(new Route(method, List.of(pattern.substring(1).split("/", -1)), handler));
            return this;
        }

        /// What answers when no path fits; by default a plain 404.
        public Builder otherwise(Handler handler) {
            otherwise = handler;
            return this;
        }

        /// The router.
        public Router build() {
            return new Router(routes, otherwise);
        }
    }

    /// An empty router to fill.
    public static Builder builder() {
        return new Builder();
    }

    @Override
    public Response handle(Request request) throws IOException, InterruptedException {
        List<String> path = List.of(request.path().substring(1).split("/", -1));
        boolean isKnown = false;
        for (Route route : routes) {
            Optional<Parameters> parameters = route.match(path);
            if (parameters.isPresent()) {
                if (route.takes(request.method())) {
                    return route.handler.handle(request, parameters.get());
                }
                isKnown = true;
            }
        }
        return isKnown ? Response.text(405, "method not allowed\n") : otherwise.handle(request);
    }

    private record Route(String method, List<String> pattern, RouteHandler handler) {

        boolean takes(String asked) {
            return method.equals("*") || method.equals(asked) || method.equals("GET") && asked.equals("HEAD");
        }

        Optional<Parameters> match(List<String> path) {
            var values = new HashMap<String, String>();
            for (int i = 0; i < pattern.size(); i++) {
                String element = pattern.get(i);
                if (element.endsWith("...}")) {
                    if (i > path.size()) {
                        return Optional.empty();
                    }
                    values.put(
                            element.substring(1, element.length() - 4),
                            String.join("/", path.subList(Math.min(i, path.size()), path.size())));
                    return Optional.of(new Parameters(values));
                }
                if (i >= path.size()) {
                    return Optional.empty();
                }
                if (element.startsWith("{") && !path.get(i).isEmpty()) {
                    values.put(element.substring(1, element.length() - 1), path.get(i));
                } else if (!element.equals(path.get(i))) {
                    return Optional.empty();
                }
            }
            return pattern.size() == path.size() ? Optional.of(new Parameters(values)) : Optional.empty();
        }
    }
}
