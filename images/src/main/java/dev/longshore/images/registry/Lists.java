package dev.longshore.images.registry;

import dev.longshore.base.Json;
import dev.longshore.http.Headers;
import dev.longshore.http.Request;
import dev.longshore.http.Response;
import dev.longshore.images.Reference;
import dev.longshore.images.registry.access.Action;
import dev.longshore.images.registry.access.Rights;
import dev.longshore.images.registry.storage.RegistryStorage;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// `/v2/NAME/tags/list` (end-8) and `/v2/_catalog`, in pages.
final class Lists {

    private static final int CATALOG_PAGE = 1000;
    private static final int LONGEST_SHOWN = 40;

    private final RegistryStorage storage;

    Lists(RegistryStorage storage) {
        this.storage = storage;
    }

    Response tags(Request request, RegistryRoute.Name name) throws IOException, InterruptedException {
        requireGet(request);
        int most = asked(request, Integer.MAX_VALUE);
        // One more than is asked for tells whether there are more.
        List<String> tags = storage.tags(name.repository(), last(request), Math.max(most, most + 1));
        if (tags.isEmpty() && !storage.repositories().contains(name.repository().repository())) {
            throw Refusals.unknownName(name.spelled());
        }
        return page(request, Json.object().put("name", name.spelled()), "tags", tags, most);
    }

    /// Only what the caller may pull.
    Response catalog(Request request, Rights rights) throws IOException, InterruptedException {
        requireGet(request);
        String last = last(request);
        List<String> names = storage.repositories().stream()
                .map(name -> Reference.parse(name).familiarRepository())
                .filter(name -> name.compareTo(last) > 0)
                .filter(name -> rights.may(name, Action.PULL))
                .sorted()
                .toList();
        return page(request, Json.object(), "repositories", names, asked(request, CATALOG_PAGE));
    }

    private static String last(Request request) {
        return request.query().first("last").orElse("");
    }

    private static Response page(Request request, ObjectNode tree, String field, List<String> left, int size) {
        List<String> shown = left.subList(0, Math.min(size, left.size()));
        var array = tree.putArray(field);
        shown.forEach(array::add);
        Headers headers = Headers.of("Content-Type", "application/json");
        if (shown.size() < left.size() && !shown.isEmpty()) {
            String more = request.query()
                    .first("ns")
                    .map(namespace -> "&ns=" + encoded(namespace))
                    .orElse("");
            headers = headers.with(
                    "Link",
                    "<" + request.path() + "?last=" + encoded(shown.getLast()) + "&n=" + size + more
                            + ">; rel=\"next\"");
        }
        return new Response.Full(200, headers, Json.bytes(tree));
    }

    private static int asked(Request request, int most) {
        Optional<String> text = request.query().first("n").filter(n -> !n.isEmpty());
        if (text.isEmpty()) {
            return most;
        }
        try {
            int asked = Integer.parseInt(text.get());
            if (asked >= 0) {
                return Math.min(asked, most);
            }
        } catch (NumberFormatException none) {
            throw pagination(text.get());
        }
        throw pagination(text.get());
    }

    private static RefusalException pagination(String asked) {
        return new RefusalException(
                ErrorCode.PAGINATION_NUMBER_INVALID,
                Json.object().put("n", asked.substring(0, Math.min(asked.length(), LONGEST_SHOWN))),
                Headers.EMPTY);
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private static void requireGet(Request request) {
        if (!request.method().equals("GET") && !request.method().equals("HEAD")) {
            throw Refusals.notAllowed("GET, HEAD");
        }
    }
}
