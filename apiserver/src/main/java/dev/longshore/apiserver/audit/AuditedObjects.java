package dev.longshore.apiserver.audit;

import dev.longshore.base.GoJson;
import dev.longshore.base.Json;
import dev.longshore.base.Yaml;
import dev.longshore.http.Response;
import dev.longshore.model.Codec;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Reads, as JSON, the objects in answers. What is no object of the API (plain text, schemas, streams) is none.
public final class AuditedObjects {

    private static final byte[] OBJECT = "{\"kind\":\"".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] STATUS = "{\"kind\":\"Status\"".getBytes(StandardCharsets.US_ASCII);
    private static final List<String> STATUS_FIELDS = List.of("status", "message", "reason", "details", "code");
    private static final int FIRST_ERROR = 400;

    private final List<Codec> codecs;

    /// @param codecs of media types that are neither JSON nor YAML
    public AuditedObjects(List<Codec> codecs) {
        this.codecs = List.copyOf(codecs);
    }

    /// What is told of an answer.
    ///
    /// @param status what a Status says, without its metadata
    record Answer(Optional<ObjectNode> status, Optional<byte[]> object) {}

    /// @param tellsObject whether objects are wanted, beside what a Status says
    Answer read(Response.Full response, String verb, boolean tellsObject, boolean omitsManagedFields) {
        boolean mayBeStatus =
                response.status() >= FIRST_ERROR || verb.startsWith("delete") || startsWith(response.body(), STATUS);
        if (!tellsObject && !mayBeStatus) {
            return new Answer(Optional.empty(), Optional.empty());
        }
        byte[] body = plain(response);
        boolean isToldAsItIs = tellsObject && !omitsManagedFields && isJson(response) && startsWith(body, OBJECT);
        if (isToldAsItIs && !startsWith(body, STATUS)) {
            return new Answer(Optional.empty(), Optional.of(body));
        }
        if (!tellsObject && isJson(response) && startsWith(body, OBJECT) && !startsWith(body, STATUS)) {
            return new Answer(Optional.empty(), Optional.empty());
        }
        Optional<ObjectNode> object = object(response, body);
        Optional<ObjectNode> status = object.filter(
                        each -> each.path("kind").asString("").equals("Status"))
                .map(AuditedObjects::told);
        if (!tellsObject) {
            return new Answer(status, Optional.empty());
        }
        if (omitsManagedFields) {
            object.ifPresent(AuditedObjects::dropManagedFields);
        }
        return new Answer(status, object.map(AuditedObjects::bytes));
    }

    static byte[] bytes(JsonNode tree) {
        return GoJson.bytes(tree);
    }

    /// Of an object, of all of a list, or of those in a table. In place.
    static void dropManagedFields(JsonNode tree) {
        drop(tree);
        tree.path("items").forEach(AuditedObjects::drop);
        tree.path("rows").forEach(row -> drop(row.path("object")));
    }

    private static void drop(JsonNode object) {
        if (object.path("metadata") instanceof ObjectNode metadata) {
            metadata.remove("managedFields");
        }
    }

    private static ObjectNode told(ObjectNode status) {
        ObjectNode told = Json.object();
        told.putObject("metadata");
        for (String field : STATUS_FIELDS) {
            if (status.has(field)) {
                told.set(field, status.get(field));
            }
        }
        return told;
    }

    private Optional<ObjectNode> object(Response.Full response, byte[] body) {
        try {
            return tree(type(response), body)
                    .filter(each -> each.path("kind").isString())
                    .map(ObjectNode.class::cast);
        } catch (RuntimeException unreadable) {
            // It is an answer all the same, and not ours to refuse.
            return Optional.empty();
        }
    }

    private Optional<JsonNode> tree(String type, byte[] body) {
        return switch (type) {
            case "application/json" -> Optional.of(Json.parse(body));
            case "application/yaml" -> Optional.of(Yaml.parse(new String(body, StandardCharsets.UTF_8)));
            default ->
                codecs.stream()
                        .filter(each -> each.mediaType().equals(type))
                        .findFirst()
                        .map(codec -> codec.decode(body).tree());
        };
    }

    private static boolean isJson(Response.Full response) {
        return type(response).equals("application/json");
    }

    private static String type(Response.Full response) {
        String type = response.headers().first("Content-Type").orElse("");
        int end = type.indexOf(';');
        return (end < 0 ? type : type.substring(0, end)).strip().toLowerCase(Locale.ROOT);
    }

    private static byte[] plain(Response.Full response) {
        boolean isCompressed = response.headers().first("Content-Encoding").equals(Optional.of("gzip"));
        if (!isCompressed) {
            return response.body();
        }
        try (var unpacked = new GZIPInputStream(new ByteArrayInputStream(response.body()))) {
            return unpacked.readAllBytes();
        } catch (IOException unreadable) {
            return new byte[0];
        }
    }

    private static boolean startsWith(byte[] body, byte[] start) {
        return body.length >= start.length && Arrays.equals(body, 0, start.length, start, 0, start.length);
    }
}
