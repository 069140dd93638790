package dev.longshore.docker;

import dev.longshore.base.Json;
import dev.longshore.base.Time;
import dev.longshore.builder.Builder;
import dev.longshore.builder.cache.BuildCache;
import dev.longshore.builder.cache.CacheEntry;
import dev.longshore.builder.cache.PruneWish;
import dev.longshore.http.Query;
import dev.longshore.http.Request;
import dev.longshore.http.Response;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// `/build/prune`, and what `/system/df` says of the build cache.
final class BuildCacheRoutes {

    private static final Pattern SPAN = Pattern.compile("([0-9]+(?:\\.[0-9]+)?)(h|ms|m|s|us|µs|ns)");

    private final Builder builder;
    private final Time time;

    BuildCacheRoutes(Builder builder, Time time) {
        this.builder = builder;
        this.time = time;
    }

    void addTo(Routes routes) {
        routes.add("POST", "/build/prune", (request, name) -> prune(request));
    }

    private Response prune(Request request) throws IOException {
        Query query = request.query();
        PruneWish wish;
        try {
            wish = wish(query);
        } catch (IllegalArgumentException wrong) {
            return DockerEngine.error(400, wrong.getMessage());
        }
        BuildCache.Pruned pruned = builder.prune(wish);
        ObjectNode answer = Json.object();
        pruned.ids().forEach(answer.putArray("CachesDeleted")::add);
        return Response.json(200, Json.bytes(answer.put("SpaceReclaimed", pruned.bytes())));
    }

    private PruneWish wish(Query query) {
        Optional<Instant> unusedSince = Optional.empty();
        Predicate<CacheEntry> matches = any -> true;
        String filters = query.first("filters").filter(json -> !json.isEmpty()).orElse("{}");
        for (var filter : Json.parse(filters).properties()) {
            for (String value : values(filter.getValue())) {
                if (filter.getKey().equals("until") || filter.getKey().equals("unused-for")) {
                    unusedSince = Optional.of(moment(value));
                } else {
                    matches = matches.and(matching(filter.getKey(), value));
                }
            }
        }
        long keep = number(query.first("keep-storage")
                .or(() -> query.first("reserved-space"))
                .orElse("0"));
        return new PruneWish(query.isSet("all"), unusedSince, keep, matches);
    }

    private static Predicate<CacheEntry> matching(String filter, String value) {
        return switch (filter) {
            case "id" -> entry -> entry.id().startsWith(value);
            case "type" -> entry -> entry.type().toString().equals(value);
            case "description" -> entry -> entry.description().contains(value);
            case "inuse" -> CacheEntry::inUse;
            case "shared" -> CacheEntry::shared;
            case "private" -> entry -> !entry.shared();
            default -> throw new IllegalArgumentException("invalid filter '" + filter + "'");
        };
    }

    private static Iterable<String> values(JsonNode node) {
        return node.isArray()
                ? node.valueStream().map(value -> value.asString("")).toList()
                : node.properties().stream().map(java.util.Map.Entry::getKey).toList();
    }

    /// A span before now, or a moment.
    private Instant moment(String text) {
        Matcher part = SPAN.matcher(text);
        double seconds = 0;
        int end = 0;
        while (part.find() && part.start() == end) {
            seconds += Double.parseDouble(part.group(1)) * unit(part.group(2));
            end = part.end();
        }
        if (end == text.length() && end > 0) {
            return time.now().minus(Duration.ofMillis((long) (seconds * 1000)));
        }
        try {
            return text.matches("[0-9]+") ? Instant.ofEpochSecond(Long.parseLong(text)) : Instant.parse(text);
        } catch (DateTimeException | NumberFormatException wrong) {
            throw new IllegalArgumentException("\"" + text + "\" is neither a span of time nor a moment", wrong);
        }
    }

    private static double unit(String unit) {
        return switch (unit) {
            case "h" -> 3600;
            case "m" -> 60;
            case "s" -> 1;
            case "ms" -> 1e-3;
            case "ns" -> 1e-9;
            default -> 1e-6;
        };
    }

    private static long number(String text) {
        try {
            return Math.max(0, Long.parseLong(text));
        } catch (NumberFormatException none) {
            throw new IllegalArgumentException(
                    "keep-storage is in bytes and expects an integer, got \"" + text + "\"", none);
        }
    }

    /// The cache, piece by piece.
    ArrayNode diskUse() throws IOException {
        ArrayNode pieces = Json.array();
        for (CacheEntry entry : builder.cached()) {
            pieces.addObject()
                    .put("ID", entry.id())
                    .put("Type", entry.type().toString())
                    .put("Description", entry.description())
                    .put("InUse", entry.inUse())
                    .put("Shared", entry.shared())
                    .put("Size", entry.bytes())
                    .put("CreatedAt", entry.created().toString())
                    .put("LastUsedAt", entry.lastUsed().toString())
                    .put("UsageCount", entry.uses());
        }
        return pieces;
    }
}
