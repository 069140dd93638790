package dev.longshore.apiserver.openapi;

import dev.longshore.base.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/// Encodes OpenAPI documents as the protobuf messages of gnostic, by a table. A line of it is a message; a field
/// of it is `KEY=NUMBER:KIND`. A message of alternatives has `?KEY=…` (if the node has that key), `?KEY:VALUE=…`
/// (if it has that value) or `?=…` (else); of these the first that fits is written. Kinds:
///
/// - `text`, `texts`, `flag`: a string, strings, a boolean
/// - `boxed`, `list`: a message whose field 1 is a string, or strings
/// - `any`: a value as YAML, of which JSON is a part
/// - `scalar`: a default value: a string here, a number or a boolean in a field of its own
/// - `NAME`, `[KIND]`: another message; each element of an array
/// - `{KIND}`, `{KIND}@NUMBER`: a message of (name, value) pairs, under field 1 or NUMBER
///
/// `x-=NUMBER` takes all keys that begin so. What the table does not name is left out.
public final class GnosticEncoder {

    private static final int LENGTH_DELIMITED = 2;
    private static final int SEVEN_BITS = 0x7f;
    private static final int MORE = 0x80;
    private static final int BOOLEAN_DEFAULT = 2;

    private final Map<String, List<Field>> messages;

    private GnosticEncoder(Map<String, List<Field>> messages) {
        this.messages = messages;
    }

    /// For documents of version 2.
    public static GnosticEncoder two() {
        return of("gnostic-v2.txt");
    }

    /// For documents of version 3.
    public static GnosticEncoder three() {
        return of("gnostic-v3.txt");
    }

    /// The bytes of `document`.
    public byte[] encode(JsonNode document) {
        return message("Document", document).toByteArray();
    }

    private static GnosticEncoder of(String table) {
        var messages = new HashMap<String, List<Field>>();
        try (var stream = GnosticEncoder.class.getResourceAsStream(table)) {
            new String(stream.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .map(line -> line.split(" "))
                    .forEach(words -> {
                        var fields = new ArrayList<Field>();
                        for (int i = 1; i < words.length; i++) {
                            fields.add(Field.parse(words[i]));
                        }
                        messages.put(words[0], fields);
                    });
        } catch (IOException broken) {
            throw new UncheckedIOException("cannot read " + table, broken);
        }
        return new GnosticEncoder(messages);
    }

    /// @param condition of alternatives, the value that the key must have; empty: any
    private record Field(boolean isAlternative, String key, String condition, int number, String kind) {

        static Field parse(String word) {
            boolean isAlternative = word.startsWith("?");
            int equals = word.indexOf('=');
            String key = word.substring(isAlternative ? 1 : 0, equals);
            String rest = word.substring(equals + 1);
            int colon = rest.indexOf(':');
            int number = Integer.parseInt(colon < 0 ? rest : rest.substring(0, colon));
            String condition = "";
            int at = key.indexOf(':');
            if (at >= 0) {
                condition = key.substring(at + 1);
                key = key.substring(0, at);
            }
            return new Field(isAlternative, key, condition, number, colon < 0 ? "" : rest.substring(colon + 1));
        }

        boolean fits(JsonNode node) {
            return key.isEmpty()
                    || node.has(key)
                            && (condition.isEmpty()
                                    || node.path(key).asString("").equals(condition));
        }
    }

    private ByteArrayOutputStream message(String name, JsonNode node) {
        var out = new ByteArrayOutputStream();
        for (Field field : messages.get(name)) {
            if (field.isAlternative) {
                if (field.fits(node)) {
                    write(out, field.number, field.kind, node);
                    break;
                }
            } else if (field.key.equals("x-")) {
                node.properties().stream()
                        .filter(entry -> entry.getKey().startsWith("x-"))
                        .forEach(entry -> named(out, field.number, entry.getKey(), "any", entry.getValue()));
            } else if (node.has(field.key)) {
                write(out, field.number, field.kind, node.get(field.key));
            }
        }
        return out;
    }

    private void write(ByteArrayOutputStream out, int number, String kind, JsonNode node) {
        switch (kind) {
            case "text" -> text(out, number, node.asString());
            case "texts" -> node.forEach(each -> bytes(out, number, each.asString()));
            case "flag" -> flag(out, number, node.asBoolean());
            case "scalar" -> scalar(out, number, node);
            default -> bytes(out, number, kind, node);
        }
    }

    /// Kinds whose value has a length.
    private void bytes(ByteArrayOutputStream out, int number, String kind, JsonNode node) {
        if (kind.startsWith("[")) {
            node.forEach(each -> bytes(out, number, kind.substring(1, kind.length() - 1), each));
            return;
        }
        var inner = new ByteArrayOutputStream();
        switch (kind) {
            case "boxed" -> bytes(inner, 1, node.asString());
            case "list" -> node.forEach(each -> bytes(inner, 1, each.asString()));
            case "any" -> bytes(inner, 2, new String(Json.bytes(node), StandardCharsets.UTF_8));
            default -> {
                if (kind.startsWith("{")) {
                    int end = kind.lastIndexOf('}');
                    int at = end + 1 < kind.length() ? Integer.parseInt(kind.substring(end + 2)) : 1;
                    node.properties()
                            .forEach(entry ->
                                    named(inner, at, entry.getKey(), kind.substring(1, end), entry.getValue()));
                } else {
                    inner.writeBytes(message(kind, node).toByteArray());
                }
            }
        }
        bytes(out, number, inner.toByteArray());
    }

    private void named(ByteArrayOutputStream out, int number, String name, String kind, JsonNode value) {
        var pair = new ByteArrayOutputStream();
        text(pair, 1, name);
        write(pair, 2, kind, value);
        bytes(out, number, pair.toByteArray());
    }

    /// An object has no form as a default value.
    private static void scalar(ByteArrayOutputStream out, int number, JsonNode node) {
        if (node.isString()) {
            bytes(out, number, node.asString());
        } else if (node.isBoolean()) {
            varint(out, (long) BOOLEAN_DEFAULT << 3);
            varint(out, node.asBoolean() ? 1 : 0);
        } else if (node.isNumber()) {
            varint(out, 1L << 3 | 1);
            long bits = Double.doubleToLongBits(node.asDouble());
            for (int i = 0; i < Long.BYTES; i++) {
                out.write((int) (bits >>> (i * Byte.SIZE)));
            }
        }
    }

    private static void text(ByteArrayOutputStream out, int number, String text) {
        if (!text.isEmpty()) {
            bytes(out, number, text);
        }
    }

    private static void flag(ByteArrayOutputStream out, int number, boolean value) {
        if (value) {
            varint(out, (long) number << 3);
            varint(out, 1);
        }
    }

    private static void bytes(ByteArrayOutputStream out, int number, String text) {
        bytes(out, number, text.getBytes(StandardCharsets.UTF_8));
    }

    private static void bytes(ByteArrayOutputStream out, int number, byte[] bytes) {
        varint(out, (long) number << 3 | LENGTH_DELIMITED);
        varint(out, bytes.length);
        out.writeBytes(bytes);
    }

    private static void varint(ByteArrayOutputStream out, long value) {
        long left = value;
        while (left > SEVEN_BITS) {
            out.write((int) (left & SEVEN_BITS | MORE));
            left >>>= 7;
        }
        out.write((int) left);
    }
}
