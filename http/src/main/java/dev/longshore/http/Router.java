package dev.longshore.http;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/// Chooses a handler by method and path. A pattern is a path whose segments are literal, `{name}` for any one
/// segment, or at its end `{name...}` for all that is left (possibly nothing). Of several patterns that fit,
/// the one whose first differing segment is literal wins, then `{name}`, then `{name...}`. What no pattern fits
/// is a 404; what only other methods fit is a 405 with `Allow`. HEAD is answered by the route for GET.
/// Immutable.
///
/// Segments are split before they are decoded, so `%2F` within a segment does not end it. Handlers find the
/// values in the request's [PathValues].
public final class Router implements Handler {

    private final List<Route> routes;

    private Router(List<Route> routes) {
        this.routes = routes;
    }

    /// Begins a router.
    public static Builder builder() {
        return new Builder();
    }

    @Override
    public Response handle(Request request) throws IOException, InterruptedException {
        String raw = request.rawTarget();
        int question = raw.indexOf('?');
        List<String> segments = segments(question < 0 ? raw : raw.substring(0, question));
        var allowed = new TreeSet<String>();
        for (Route route : routes) {
            Optional<PathValues> values = route.match(segments);
            if (values.isPresent()) {
                if (route.takes(request.method())) {
                    return route.handler.handle(request.with(PathValues.class, values.get()));
                }
                allowed.add(route.method);
            }
        }
        return allowed.isEmpty()
                ? Response.text(404, "404 page not found\n")
                : new Response.Full(405, Headers.of("Allow", String.join(", ", allowed)), new byte[0]);
    }

    private static List<String> segments(String path) {
        return List.of((path.startsWith("/") ? path.substring(1) : path).split("/", -1));
    }

    /// Collects routes.
    public static final class Builder {

        private final List<Route> routes = new ArrayList<>();

        private Builder() {}

        /// Lets `handler` answer `method`, or every method if it is `*`, on paths that fit `pattern`.
        public Builder on(String method, String pattern, Handler handler) {
            routes.add(Route.of(method, pattern, handler));
            return this;
        }

        /// Shorthand for GET, and with it HEAD.
        public Builder get(String pattern, Handler handler) {
            return on("GET", pattern, handler);
        }

        /// Shorthand for POST.
        public Builder post(String pattern, Handler handler) {
            return on("POST", pattern, handler);
        }

        /// Shorthand for PUT.
        public Builder put(String pattern, Handler handler) {
            return on("PUT", pattern, handler);
        }

        /// Shorthand for DELETE.
        public Builder delete(String pattern, Handler handler) {
            return on("DELETE", pattern, handler);
        }

        /// The router.
        public Router build() {
            var sorted = new ArrayList<>(routes);
            sorted.sort(Comparator.comparing(Route::rank));
            return new Router(List.copyOf(sorted));
        }
    }

    private record Route(String method, List<Segment> pattern, Handler handler) {

        static Route of(String method, String pattern, Handler handler) {
            var parts = new ArrayList<Segment>();
            for (String text : segments(pattern)) {
                if (!parts.isEmpty() && parts.getLast() instanceof Segment.Rest) {
                    throw new IllegalArgumentException("nothing may follow {name...}: " + pattern);
                }
                parts.add(Segment.of(text));
            }
            return new Route(requireNonNull(method, "method"), List.copyOf(parts), requireNonNull(handler, "handler"));
        }

        boolean takes(String asked) {
            return method.equals("*") || method.equals(asked) || (asked.equals("HEAD") && method.equals("GET"));
        }

        /// Orders patterns from narrow to wide, segment by segment.
        String rank() {
            var rank = new StringBuilder();
            for (Segment segment : pattern) {
                rank.append(
                        switch (segment) {
                            case Segment.Literal _ -> 'a';
                            case Segment.Any _ -> 'b';
                            case Segment.Rest _ -> 'c';
                        });
            }
            return rank.append(method.equals("*") ? 'z' : 'y').toString();
        }

        Optional<PathValues> match(List<String> path) {
            var values = new java.util.HashMap<String, String>();
            for (int i = 0; i < pattern.size(); i++) {
                boolean isMissing = i >= path.size();
                switch (pattern.get(i)) {
                    case Segment.Rest rest -> {
                        String left = isMissing ? "" : String.join("/", path.subList(i, path.size()));
                        values.put(rest.name, Paths.decode(left));
                        return Optional.of(new PathValues(values));
                    }
                    case Segment.Literal literal -> {
                        if (isMissing || !Paths.decode(path.get(i)).equals(literal.text)) {
                            return Optional.empty();
                        }
                    }
                    case Segment.Any any -> {
                        if (isMissing || path.get(i).isEmpty()) {
                            return Optional.empty();
                        }
                        values.put(any.name, Paths.decode(path.get(i)));
                    }
                }
            }
            return path.size() == pattern.size() ? Optional.of(new PathValues(values)) : Optional.empty();
        }
    }

    private sealed interface Segment {
        record Literal(String text) implements Segment {}

        record Any(String name) implements Segment {}

        record Rest(String name) implements Segment {}

        static Segment of(String text) {
            if (!text.startsWith("{") || !text.endsWith("}")) {
                return new Literal(text);
            }
            String name = text.substring(1, text.length() - 1);
            return name.endsWith("...") ? new Rest(name.substring(0, name.length() - 3)) : new Any(name);
        }
    }

    /// What stood in the place of the `{name}`s, decoded.
    public record PathValues(Map<String, String> byName) {
        public PathValues {
            byName = Map.copyOf(byName);
        }

        /// The values that a [Router] found for `request`.
        public static PathValues of(Request request) {
            return request.attribute(PathValues.class).orElseThrow(() -> new IllegalStateException("no router"));
        }

        /// The value of `{name}`.
        public String value(String name) {
            return Optional.ofNullable(byName.get(name))
                    .orElseThrow(() -> new IllegalArgumentException("the pattern has no {" + name + "}"));
        }
    }
}
