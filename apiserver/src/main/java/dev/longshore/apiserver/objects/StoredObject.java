package dev.longshore.apiserver.objects;

import dev.longshore.base.Json;
import dev.longshore.model.Resource;
import java.nio.charset.StandardCharsets;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// One version of an object as it is kept: canonical JSON without its resourceVersion, which is the store's
/// revision. Canonical means that `kind`, `apiVersion` and `metadata` come first, in this order: so the place
/// where the resourceVersion belongs is found without parsing.
///
/// @param json shared: not to be changed
public record StoredObject(byte[] json, long revision) {

    private static final List<String> FIRST = List.of("kind", "apiVersion", "metadata");
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
        return Json.bytes(ordered);
    }

    /// The object with its resourceVersion.
    public Resource resource() {
        Resource object = Resource.parse(json);
        object.metadata().put("resourceVersion", Long.toString(revision));
        return object;
    }

    /// The JSON with its resourceVersion spliced in.
    public byte[] encoded() {
        int at = metadataAt() + METADATA.length;
        byte[] number = Long.toString(revision).getBytes(StandardCharsets.US_ASCII);
        boolean isLast = json[at] == '}';
        byte[] whole = new byte[json.length + FIELD.length + number.length + (isLast ? 1 : 2)];
        System.arraycopy(json, 0, whole, 0, at);
        int end = at;
        System.arraycopy(FIELD, 0, whole, end, FIELD.length);
        end += FIELD.length;
        System.arraycopy(number, 0, whole, end, number.length);
        end += number.length;
        whole[end++] = '"';
        if (!isLast) {
            whole[end++] = ',';
        }
        System.arraycopy(json, at, whole, end, json.length - at);
        return whole;
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
