package dev.longshore.apiserver;

import dev.longshore.apiserver.objects.StoredObject;
import dev.longshore.base.GoJson;
import dev.longshore.base.Json;
import dev.longshore.model.GroupVersionKind;
import dev.longshore.model.ResourceDefinition;
import java.nio.charset.StandardCharsets;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// JSON: stored bytes are answers already. Like Go's encoder, it ends what is not indented with a line break.
final class JsonEncoding implements Encoding {

    private static final byte[] ITEMS = ",\"items\":[".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] END = "]}\n".getBytes(StandardCharsets.US_ASCII);

    @Override
    public String mediaType() {
        return "application/json";
    }

    @Override
    public boolean knows(GroupVersionKind kind) {
        return true;
    }

    @Override
    public byte[] tree(JsonNode tree, boolean isPretty) {
        return isPretty ? GoJson.prettyBytes(tree) : withLineBreak(GoJson.bytes(tree));
    }

    @Override
    public byte[] object(ResourceDefinition definition, StoredObject stored) {
        if (!Versions.isStoredAsServed(definition)) {
            return withLineBreak(Versions.servedBytes(definition, stored));
        }
        byte[] line = new byte[stored.encodedLength() + 1];
        line[stored.encode(line, 0)] = '\n';
        return line;
    }

    /// In one array of the right size: a list of 10,000 pods is 40 MB, which nobody should copy twice.
    @Override
    public byte[] list(ResourceDefinition definition, JsonNode metadata, List<StoredObject> objects) {
        byte[] start = GoJson.bytes(head(definition, metadata));
        var pieces = new Pieces(start.length - 1 + ITEMS.length + END.length);
        objects.forEach(stored -> pieces.expect(definition, stored));
        pieces.write(start, start.length - 1);
        pieces.write(ITEMS, ITEMS.length);
        pieces.writeObjects();
        return pieces.finish(END);
    }

    /// A list without its items.
    static ObjectNode head(ResourceDefinition definition, JsonNode metadata) {
        ObjectNode head = Json.object()
                .put("kind", definition.names().listKind())
                .put("apiVersion", definition.kind().apiVersion());
        head.set("metadata", metadata);
        return head;
    }

    @Override
    public boolean streams() {
        return true;
    }

    @Override
    public boolean isText() {
        return true;
    }

    @Override
    public String streamType() {
        return mediaType();
    }

    @Override
    public byte[] event(String type, byte[] object) {
        byte[] head = ("{\"type\":\"" + type + "\",\"object\":").getBytes(StandardCharsets.US_ASCII);
        int length = object[object.length - 1] == '\n' ? object.length - 1 : object.length;
        byte[] line = new byte[head.length + length + 2];
        System.arraycopy(head, 0, line, 0, head.length);
        System.arraycopy(object, 0, line, head.length, length);
        line[line.length - 2] = '}';
        line[line.length - 1] = '\n';
        return line;
    }

    private static byte[] withLineBreak(byte[] json) {
        byte[] line = java.util.Arrays.copyOf(json, json.length + 1);
        line[json.length] = '\n';
        return line;
    }
}
