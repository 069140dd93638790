package dev.longshore.apiserver;

import dev.longshore.base.Json;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import tools.jackson.databind.JsonNode;

/// An OpenAPI v2 document in the protobuf form of `openapi.v2.Document` (gnostic's OpenAPIv2.proto), the only
/// one that kubectl up to 1.28 reads. Numbers are those of that file's fields; what its readers do not need is
/// left out.
final class OpenApiWire {

    /// The media type, as clients ask for it.
    static final String MEDIA_TYPE = "application/com.github.proto-openapi.spec.v2@v1.0+protobuf";

    /// The media type of the answer: the other one is none that MIME allows.
    static final String ANSWERED_TYPE = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf";

    private static final int LENGTH_DELIMITED = 2;
    private static final int SEVEN_BITS = 0x7f;
    private static final int MORE = 0x80;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    private OpenApiWire() {}

    /// The bytes of `document`.
    static byte[] encode(JsonNode document) {
        var info = new OpenApiWire();
        info.text(1, document.path("info").path("title").asString(""));
        info.text(2, document.path("info").path("version").asString(""));
        var definitions = new OpenApiWire();
        document.path("definitions")
                .properties()
                .forEach(entry -> definitions.message(1, named(entry.getKey(), schema(entry.getValue()))));
        var wire = new OpenApiWire();
        wire.text(1, document.path("swagger").asString(""));
        wire.message(2, info);
        wire.message(8, new OpenApiWire());
        wire.message(9, definitions);
        return wire.out.toByteArray();
    }

    private static OpenApiWire schema(JsonNode schema) {
        var wire = new OpenApiWire();
        wire.text(1, schema.path("$ref").asString(""));
        wire.text(2, schema.path("format").asString(""));
        wire.text(4, schema.path("description").asString(""));
        schema.path("required").forEach(name -> wire.text(19, name.asString()));
        JsonNode additional = schema.path("additionalProperties");
        if (additional.isObject()) {
            var item = new OpenApiWire();
            item.message(1, schema(additional));
            wire.message(21, item);
        }
        String type = schema.path("type").asString("");
        if (!type.isEmpty()) {
            var item = new OpenApiWire();
            item.text(1, type);
            wire.message(22, item);
        }
        if (schema.path("items").isObject()) {
            var item = new OpenApiWire();
            item.message(1, schema(schema.path("items")));
            wire.message(23, item);
        }
        schema.path("allOf").forEach(part -> wire.message(24, schema(part)));
        if (schema.has("properties")) {
            var properties = new OpenApiWire();
            schema.path("properties")
                    .properties()
                    .forEach(entry -> properties.message(1, named(entry.getKey(), schema(entry.getValue()))));
            wire.message(25, properties);
        }
        schema.properties().stream()
                .filter(entry -> entry.getKey().startsWith("x-"))
                .forEach(entry -> wire.message(31, named(entry.getKey(), any(entry.getValue()))));
        return wire;
    }

    /// An extension's value travels as YAML, of which JSON is a part.
    private static OpenApiWire any(JsonNode value) {
        var wire = new OpenApiWire();
        wire.text(2, new String(Json.bytes(value), StandardCharsets.UTF_8));
        return wire;
    }

    private static OpenApiWire named(String name, OpenApiWire value) {
        var wire = new OpenApiWire();
        wire.text(1, name);
        wire.message(2, value);
        return wire;
    }

    private void text(int field, String text) {
        if (!text.isEmpty()) {
            bytes(field, text.getBytes(StandardCharsets.UTF_8));
        }
    }

    private void message(int field, OpenApiWire message) {
        bytes(field, message.out.toByteArray());
    }

    private void bytes(int field, byte[] bytes) {
        number((long) field << 3 | LENGTH_DELIMITED);
        number(bytes.length);
        out.writeBytes(bytes);
    }

    private void number(long value) {
        long left = value;
        while (left > SEVEN_BITS) {
            out.write((int) (left & SEVEN_BITS | MORE));
            left >>>= 7;
        }
        out.write((int) left);
    }
}
