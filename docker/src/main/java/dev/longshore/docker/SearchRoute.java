package dev.longshore.docker;

import dev.longshore.base.Json;
import dev.longshore.http.Request;
import dev.longshore.http.Response;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/// `/images/search`: asks Docker Hub, or the registry before the first slash of the term, what it has. Where that
/// cannot be reached, the answer says so.
///
/// @param hub where names without a registry are looked for
record SearchRoute(URI hub) {

    private static final Duration PATIENCE = Duration.ofSeconds(15);
    private static final int LARGEST = 4 << 20;
    private static final int USUAL = 25;
    private static final int MOST = 100;
    private static final int OK = 200;

    /// Asks Docker Hub.
    static final SearchRoute DOCKER_HUB = new SearchRoute(URI.create("https://index.docker.io"));

    void addTo(Routes routes) {
        routes.add("GET", "/images/search", (request, name) -> search(request));
    }

    private Response search(Request request) throws InterruptedException {
        String term = request.query().first("term").orElse("");
        if (term.isBlank()) {
            throw EngineException.invalid("invalid search term: term is empty");
        }
        Filters filters = Filters.parse(
                request.query().first("filters").orElse(""), Set.of("is-automated", "is-official", "stars"));
        int limit = limit(request.query().first("limit").orElse(""));
        int stars = stars(filters);
        boolean isOfficial = filters.isTrue("is-official", false);
        var found = Json.array();
        for (JsonNode result : ask(term, limit).path("results")) {
            boolean fits = result.path("star_count").asInt(0) >= stars
                    && (!filters.has("is-official")
                            || result.path("is_official").asBoolean(false) == isOfficial)
                    // Nothing has been built automatically for years.
                    && !filters.isTrue("is-automated", false);
            if (fits) {
                found.addObject()
                        .put("star_count", result.path("star_count").asInt(0))
                        .put("is_official", result.path("is_official").asBoolean(false))
                        .put("name", result.path("name").asString(""))
                        .put("is_automated", false)
                        .put("description", result.path("description").asString(""));
            }
        }
        return Response.json(200, Json.bytes(found));
    }

    private static int limit(String text) {
        if (text.isEmpty() || text.equals("0")) {
            return USUAL;
        }
        if (!text.matches("-?[0-9]{1,9}")) {
            throw EngineException.invalid("invalid limit specified: \"" + text + "\" is not a number");
        }
        int limit = Integer.parseInt(text);
        if (limit < 1 || limit > MOST) {
            throw EngineException.invalid("limit " + limit + " is outside the range of [1, 100]");
        }
        return limit;
    }

    private static int stars(Filters filters) {
        int stars = 0;
        for (String value : filters.values("stars")) {
            if (!value.matches("[0-9]{1,9}")) {
                throw EngineException.invalid("invalid filter 'stars=" + value + "'");
            }
            stars = Math.max(stars, Integer.parseInt(value));
        }
        return stars;
    }

    private JsonNode ask(String term, int limit) throws InterruptedException {
        int slash = term.indexOf('/');
        Optional<String> registry = Optional.of(slash < 0 ? "" : term.substring(0, slash))
                .filter(first -> first.contains(".") || first.contains(":") || first.equals("localhost"));
        String query = registry.isPresent() ? term.substring(slash + 1) : term;
        String base = registry.filter(host -> !host.equals("docker.io"))
                .map(host -> "https://" + host)
                .orElse(hub.toString());
        URI address =
                URI.create(base + "/v1/search?q=" + URLEncoder.encode(query, StandardCharsets.UTF_8) + "&n=" + limit);
        try (var client = HttpClient.newBuilder()
                .connectTimeout(PATIENCE)
                .followRedirects(HttpClient.Redirect.NORMAL)
                .build()) {
            HttpResponse<java.io.InputStream> answer = client.send(
                    HttpRequest.newBuilder(address).timeout(PATIENCE).build(),
                    HttpResponse.BodyHandlers.ofInputStream());
            try (var body = answer.body()) {
                if (answer.statusCode() != OK) {
                    throw EngineException.failed("Unexpected status code " + answer.statusCode(), null);
                }
                return Json.parse(body.readNBytes(LARGEST));
            }
        } catch (IOException unreachable) {
            throw EngineException.failed(
                    "error searching for image: Get \"" + address + "\": " + reason(unreachable), unreachable);
        }
    }

    private static String reason(IOException failure) {
        Throwable at = failure;
        while (at.getMessage() == null && at.getCause() != null) {
            at = at.getCause();
        }
        return at.getMessage() == null ? "the registry cannot be reached" : at.getMessage();
    }
}
