package dev.longshore.images.distribution;

import dev.longshore.base.Digest;
import dev.longshore.base.Json;
import dev.longshore.images.Descriptor;
import dev.longshore.images.Manifest;
import dev.longshore.images.MediaTypes;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What refers to a manifest, where a registry does not keep that itself: an index under the tag
/// `ALGORITHM-HEX` (distribution-spec, referrers tag schema).
final class ReferrerTags {

    private static final int LONGEST_HEX = 64;
    private static final int MOST_PAGES = 1000;

    private ReferrerTags() {}

    /// The manifests that refer to `subject`, as an index's entries: from the registry's list, else from the tag.
    static JsonNode list(RegistryConnection connection, Digest subject, String artifactType)
            throws IOException, InterruptedException {
        String query = artifactType.isEmpty()
                ? ""
                : "?artifactType=" + java.net.URLEncoder.encode(artifactType, java.nio.charset.StandardCharsets.UTF_8);
        HttpResponse<InputStream> answer =
                connection.send("GET", connection.address("referrers/" + subject + query), Map.of());
        var found = Json.array();
        if (answer.statusCode() == 404 || answer.statusCode() == 200 && !isIndex(answer)) {
            answer.body().close(); // It keeps none: old registries say so in either way.
            add(tagged(connection, subject), artifactType, found);
            return found;
        }
        for (int page = 1; ; page++) {
            if (answer.statusCode() != 200) {
                throw connection.refused(answer, "referrers of " + subject);
            }
            add(read(answer), artifactType, found);
            Optional<URI> next = RegistryAnswers.next(connection, answer);
            if (next.isEmpty() || page == MOST_PAGES) {
                return found;
            }
            answer = connection.send("GET", next.get(), Map.of());
        }
    }

    /// Registries need not filter.
    private static void add(JsonNode index, String artifactType, ArrayNode found) {
        for (JsonNode entry : index.path("manifests")) {
            boolean isWanted = artifactType.isEmpty()
                    || entry.path("artifactType").asString("").equals(artifactType);
            if (isWanted) {
                found.add(entry);
            }
        }
    }

    private static boolean isIndex(HttpResponse<?> answer) {
        return answer.headers()
                .firstValue("Content-Type")
                .map(type -> type.split(";", 2)[0].strip().equals(MediaTypes.OCI_INDEX))
                .orElse(false);
    }

    /// Adds `referrer`, whose bytes are `bytes`, to those of `subject` under the tag.
    static void add(RegistryConnection connection, Digest subject, Descriptor referrer, byte[] bytes)
            throws IOException, InterruptedException {
        ObjectNode index = tagged(connection, subject);
        for (JsonNode entry : index.path("manifests")) {
            if (entry.path("digest").asString("").equals(referrer.digest().toString())) {
                return;
            }
        }
        JsonNode raw = Json.parse(bytes);
        ObjectNode entry = referrer.json();
        String own = raw.path("artifactType").asString("");
        entry.put(
                "artifactType",
                own.isEmpty() ? raw.path("config").path("mediaType").asString("") : own);
        if (raw.path("annotations").isObject()) {
            entry.set("annotations", raw.path("annotations"));
        }
        index.withArray("manifests").add(entry);
        HttpResponse<InputStream> answer = connection.send(
                "PUT",
                connection.address("manifests/" + tag(subject)),
                Map.of("Content-Type", MediaTypes.OCI_INDEX),
                RegistryConnection.Body.of(Json.bytes(index)));
        if (answer.statusCode() != 201) {
            throw connection.refused(answer, "referrers of " + subject);
        }
        answer.body().close();
    }

    static String tag(Digest subject) {
        return subject.algorithm() + "-"
                + subject.hex().substring(0, Math.min(LONGEST_HEX, subject.hex().length()));
    }

    private static ObjectNode tagged(RegistryConnection connection, Digest subject)
            throws IOException, InterruptedException {
        HttpResponse<InputStream> answer = connection.send(
                "GET", connection.address("manifests/" + tag(subject)), Map.of("Accept", MediaTypes.OCI_INDEX));
        if (answer.statusCode() == 200) {
            return read(answer);
        }
        if (answer.statusCode() != 404) {
            throw connection.refused(answer, "referrers of " + subject);
        }
        answer.body().close();
        ObjectNode empty = Json.object().put("schemaVersion", 2).put("mediaType", MediaTypes.OCI_INDEX);
        empty.putArray("manifests");
        return empty;
    }

    private static ObjectNode read(HttpResponse<InputStream> answer) throws IOException {
        try (InputStream in = answer.body()) {
            byte[] bytes = in.readNBytes(Manifest.LARGEST);
            Manifest.parse(bytes, MediaTypes.OCI_INDEX);
            return (ObjectNode) Json.parse(bytes);
        }
    }
}
