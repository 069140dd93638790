package dev.longshore.apiserver.objects;

import dev.longshore.base.Json;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// Finds a value in JSON without making a tree of it: some microseconds where parsing takes tens. For bytes that
/// this machine has written itself: well formed, with no space between tokens.
final class JsonScan {

    private final byte[] json;
    private int at;

    private JsonScan(byte[] json) {
        this.json = json;
    }

    /// The bytes of the value at `path`; empty if there is none.
    static Optional<byte[]> value(byte[] json, List<String> path) {
        var scan = new JsonScan(json);
        for (String step : path) {
            if (!scan.enter(step.getBytes(StandardCharsets.UTF_8))) {
                return Optional.empty();
            }
        }
        int start = scan.at;
        scan.skipValue();
        return Optional.of(Arrays.copyOfRange(json, start, scan.at));
    }

    /// The scalar at `path` as text: a string's characters, or a number or boolean as it stands.
    static Optional<String> text(byte[] json, List<String> path) {
        return value(json, path).flatMap(JsonScan::scalar);
    }

    private static Optional<String> scalar(byte[] value) {
        return switch (value[0]) {
            case '{', '[', 'n' -> Optional.empty();
            case '"' -> Optional.of(unquoted(value));
            default -> Optional.of(new String(value, StandardCharsets.US_ASCII));
        };
    }

    private static String unquoted(byte[] value) {
        for (byte each : value) {
            if (each == '\\') {
                return Json.parse(value).asString();
            }
        }
        return new String(value, 1, value.length - 2, StandardCharsets.UTF_8);
    }

    /// Goes on to the value of the field `name` of the object that begins here.
    private boolean enter(byte[] name) {
        if (json[at] != '{') {
            return false;
        }
        at++;
        while (json[at] == '"') {
            int start = at + 1;
            skipString();
            boolean isIt = Arrays.equals(json, start, at - 1, name, 0, name.length);
            at++;
            if (isIt) {
                return true;
            }
            skipValue();
            if (json[at] != ',') {
                return false;
            }
            at++;
        }
        return false;
    }

    private void skipValue() {
        switch (json[at]) {
            case '"' -> skipString();
            case '{', '[' -> skipNested();
            default -> {
                while (at < json.length && json[at] != ',' && json[at] != '}' && json[at] != ']') {
                    at++;
                }
            }
        }
    }

    private void skipNested() {
        int depth = 0;
        do {
            switch (json[at]) {
                case '{', '[' -> {
                    depth++;
                    at++;
                }
                case '}', ']' -> {
                    depth--;
                    at++;
                }
                case '"' -> skipString();
                default -> at++;
            }
        } while (depth > 0);
    }

    private void skipString() {
        at++;
        while (json[at] != '"') {
            at += json[at] == '\\' ? 2 : 1;
        }
        at++;
    }
}
