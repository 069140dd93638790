package dev.longshore.apiserver.objects;

import dev.longshore.base.GoJson;
import dev.longshore.base.Json;
import dev.longshore.model.FieldPath;
import dev.longshore.model.Resource;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// One version of an object as it is kept: canonical JSON without its resourceVersion, which is the store's
/// revision. Canonical means that `kind`, `apiVersion` and `metadata` come first, in this order: so the place
/// where the resourceVersion belongs is found without parsing.
///
/// @param json shared: not to be changed; escaped as it is answered
public record StoredObject(byte[] json, long revision) {

    private static final List<String> FIRST = List.of("kind", "apiVersion", "metadata");
    private static final List<String> LABELS = List.of("metadata", "labels");
    private static final byte[] METADATA = "\"metadata\":{".getBytes(StandardCharsets.UTF_8);
    private static final byte[] FIELD = "\"resourceVersion\":\"".getBytes(StandardCharsets.UTF_8);

    /// The canonical bytes of `object`; the object stays as it is.
    public static byte[] canonical(Resource object) {
        ObjectNode ordered = Json.object();
        for (String field : FIRST) {
            JsonNode value = object.tree().get(field);
            if (value != null) {
                ordered.set(field, value);
            }
        }
        object.tree().properties().forEach(entry -> {
            if (!FIRST.contains(entry.getKey())) {
                ordered.set(entry.getKey(), entry.getValue());
            }
        });
        if (ordered.path("metadata") instanceof ObjectNode metadata && metadata.has("resourceVersion")) {
            ObjectNode without = Json.object();
            without.setAll(metadata);
            without.remove("resourceVersion");
            ordered.set("metadata", without);
        }
        return GoJson.bytes(ordered);
    }

    /// The object with its resourceVersion.
    public Resource resource() {
        Resource object = Resource.parse(json);
        object.metadata().put("resourceVersion", Long.toString(revision));
        return object;
    }

    /// What stands at `field`, read without parsing the object.
    public String text(FieldPath field) {
        return JsonScan.text(json, field.steps()).orElse(field.absent());
    }

    /// The labels, read without parsing the object.
    public Map<String, String> labels() {
        Optional<byte[]> found = JsonScan.value(json, LABELS);
        if (found.isEmpty()) {
            return Map.of();
        }
        var labels = new HashMap<String, String>();
        Json.parse(found.get())
                .properties()
                .forEach(label -> labels.put(label.getKey(), label.getValue().asString("")));
        return labels;
    }

    /// The JSON with its resourceVersion spliced in.
    public byte[] encoded() {
        byte[] whole = new byte[encodedLength()];
        encode(whole, 0);
        return whole;
    }

    /// How long [#encoded] is.
    public int encodedLength() {
        boolean isLast = json[metadataAt() + METADATA.length] == '}';
        return json.length + FIELD.length + digits(revision) + (isLast ? 1 : 2);
    }

    /// Writes [#encoded] into `target` from `start` on; returns where it ends.
    public int encode(byte[] target, int start) {
        int at = metadataAt() + METADATA.length;
        boolean isLast = json[at] == '}';
        int end = copy(json, 0, target, start, at);
        end = copy(FIELD, 0, target, end, FIELD.length);
        byte[] number = Long.toString(revision).getBytes(StandardCharsets.US_ASCII);
        end = copy(number, 0, target, end, number.length);
        target[end++] = '"';
        if (!isLast) {
            target[end++] = ',';
        }
        return copy(json, at, target, end, json.length - at);
    }

    private static int copy(byte[] source, int from, byte[] target, int to, int length) {
        System.arraycopy(source, from, target, to, length);
        return to + length;
    }

    private static int digits(long number) {
        int count = 1;
        for (long left = number; left >= 10; left /= 10) {
            count++;
        }
        return count;
    }

    /// Nothing before it can contain these bytes: quotes within strings are escaped.
    private int metadataAt() {
        for (int i = 0; i <= json.length - METADATA.length; i++) {
            if (java.util.Arrays.equals(json, i, i + METADATA.length, METADATA, 0, METADATA.length)) {
                return i;
            }
        }
        throw new IllegalStateException("a stored object without metadata");
    }
}
