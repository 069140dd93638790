package dev.longshore.docker;

import dev.longshore.http.Request;
import dev.longshore.http.Response;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Where requests go, by method and path. Images have slashes in their names, so a `{name}` takes as much as
/// the rest of its pattern leaves.
final class Routes {

    private final List<Route> routes = new ArrayList<>();

    /// Answers a request; `name` is what `{name}` stood for, or empty.
    @FunctionalInterface
    interface Answer {
        Response to(Request request, String name) throws IOException, InterruptedException;
    }

    /// What was found.
    record Found(Answer answer, String name) {}

    /// Requests with `method` and a path like `pattern` go to `answer`.
    Routes add(String method, String pattern, Answer answer) {
        String regex = Pattern.quote(pattern).replace("{name}", "\\E(.+?)\\Q");
        routes.add(new Route(method, Pattern.compile(regex), answer));
        return this;
    }

    /// What answers `method` on `path`: the first that fits.
    Optional<Found> find(String method, String path) {
        for (Route route : routes) {
            Matcher match = route.pattern.matcher(path);
            if (route.method.equals(method) && match.matches()) {
                return Optional.of(new Found(route.answer, match.groupCount() > 0 ? match.group(1) : ""));
            }
        }
        return Optional.empty();
    }

    private record Route(String method, Pattern pattern, Answer answer) {}
}
