package dev.longshore.apiserver;

import dev.longshore.base.Digest;
import dev.longshore.base.Json;
import dev.longshore.http.Headers;
import dev.longshore.http.Request;
import dev.longshore.http.Response;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import tools.jackson.databind.node.ObjectNode;

/// Tells what is served, for one [Catalog] and what others serve: `/api`, `/apis` and below, each also in the
/// newer form that tells all of it at once. Documents are made when they are first asked for, and kept: they are
/// small.
final class Discovery {

    private static final List<String> AGGREGATED_VERSIONS = List.of("v2", "v2beta1");

    private final Catalog catalog;
    private final DiscoveryDocuments documents;
    private final AggregatedDiscovery aggregated;
    private final Map<String, Optional<byte[]>> made = new ConcurrentHashMap<>();

    Discovery(Catalog catalog, ServedGroups served, String publicAddress) {
        this.catalog = catalog;
        this.documents = new DiscoveryDocuments(catalog, served, publicAddress);
        this.aggregated = new AggregatedDiscovery(catalog, served);
    }

    /// The answer to a request for a path that begins with `/api`; empty if there is no such path.
    Optional<Response> answer(Request request) {
        String path = request.path().replaceFirst("/$", "");
        boolean isRoot = path.equals("/api") || path.equals("/apis");
        String version = isRoot ? aggregatedVersion(request) : "";
        if (version.isEmpty()) {
            Representation representation = Representation.of(request, false);
            return (isOpen(path) ? documents.at(path).map(Json::bytes) : bytes(path, () -> documents.at(path)))
                    .map(body -> Answers.tree(request, 200, Json.parse(body), representation));
        }
        return bytes(path + "#" + version, () -> Optional.of(aggregated.of(path, version)))
                .map(body -> tagged(request, body, version));
    }

    /// What changes from moment to moment is not kept.
    private boolean isOpen(String path) {
        String[] steps = path.split("/");
        return steps.length == 4 && catalog.open(steps[2], steps[3]).isPresent();
    }

    private Optional<byte[]> bytes(String key, Supplier<Optional<ObjectNode>> make) {
        Optional<byte[]> known = made.get(key);
        if (known != null) {
            return known;
        }
        Optional<byte[]> bytes = make.get().map(Json::bytes);
        // Paths that do not exist are the clients' choice: they must not grow the map.
        bytes.ifPresent(found -> made.put(key, bytes));
        return bytes;
    }

    private static Response tagged(Request request, byte[] body, String version) {
        String tag = '"' + Digest.sha256(body).hex().toUpperCase(Locale.ROOT) + '"';
        Headers caching = Headers.of("Cache-Control", "public", "ETag", tag, "Vary", "Accept");
        if (Answers.isKnown(request, tag)) {
            return new Response.Full(304, caching, new byte[0]);
        }
        var answer = (Response.Full) Answers.bytes(request, 200, body, AggregatedDiscovery.mediaType(version));
        return new Response.Full(
                200,
                answer.headers()
                        .without("Cache-Control")
                        .with("Cache-Control", "public")
                        .with("ETag", tag),
                answer.body());
    }

    /// Empty if the client prefers the old form.
    private static String aggregatedVersion(Request request) {
        for (var range : MediaRange.parse(request.headers().all("Accept"))) {
            String version = range.parameters().getOrDefault("v", "");
            String as = range.parameters().getOrDefault("as", "");
            boolean isAggregated = as.equals(AggregatedDiscovery.KIND)
                    && range.parameters().getOrDefault("g", "").equals(AggregatedDiscovery.GROUP)
                    && range.type().equals("application/json");
            if (isAggregated && AGGREGATED_VERSIONS.contains(version)) {
                return version;
            }
            if (as.isEmpty()) {
                return "";
            }
        }
        return "";
    }
}
