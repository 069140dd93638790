package dev.longshore.kinds.wire;

import dev.longshore.base.Json;
import dev.longshore.model.Codec;
import dev.longshore.model.Fault;
import dev.longshore.model.FaultException;
import dev.longshore.model.GroupVersionKind;
import dev.longshore.model.Resource;
import java.nio.ByteBuffer;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// `application/vnd.kubernetes.protobuf`: four magic bytes, an envelope that names the kind, the object.
public final class ProtobufCodec implements Codec {

    private static final Messages MESSAGES = Messages.table();
    private static final int METADATA = 1;
    private static final int ITEMS = 2;
    private static final int LENGTH_BYTES = 4;

    @Override
    public String mediaType() {
        return "application/vnd.kubernetes.protobuf";
    }

    @Override
    public Resource decode(byte[] bytes) {
        try {
            return new Resource(unwrap(bytes, 0));
        } catch (Json.MalformedException malformed) {
            throw new FaultException(new Fault.BadRequest(malformed.getMessage()), malformed);
        }
    }

    @Override
    public boolean knows(GroupVersionKind kind) {
        return MESSAGES.of(kind).isPresent();
    }

    @Override
    public byte[] encode(JsonNode object) {
        GroupVersionKind kind = GroupVersionKind.of(
                object.path("apiVersion").asString(""), object.path("kind").asString(""));
        // A list has items of many sizes: the tree does not tell how large it is.
        var out = new WireWriter(0);
        try (JsonParser json = Json.mapper().treeAsTokens(object)) {
            Envelope.write(kind, out, () -> write(message(kind), json, out));
        }
        return out.toBytes();
    }

    @Override
    public byte[] encode(GroupVersionKind kind, byte[] json) {
        var out = new WireWriter(json.length);
        Envelope.write(kind, out, () -> write(message(kind), json, out));
        return out.toBytes();
    }

    @Override
    public byte[] list(GroupVersionKind kind, JsonNode metadata, GroupVersionKind itemKind, Iterable<byte[]> items) {
        Message item = message(itemKind);
        Message head = MESSAGES.find("apimachinery.pkg.apis.meta.v1.ListMeta");
        var out = new WireWriter(0);
        Envelope.write(kind, out, () -> {
            out.tag(METADATA, WireReader.BYTES);
            int start = out.begin();
            try (JsonParser json = Json.mapper().treeAsTokens(metadata)) {
                write(head, json, out);
            }
            out.end(start);
            for (byte[] json : items) {
                out.tag(ITEMS, WireReader.BYTES);
                int begun = out.begin();
                write(item, json, out);
                out.end(begun);
            }
        });
        return out.toBytes();
    }

    /// A `meta.v1.WatchEvent` without an envelope, after its length in four bytes, the highest first.
    @Override
    public byte[] event(String type, byte[] object) {
        var out = new WireWriter(object.length + 64);
        out.raw(new byte[LENGTH_BYTES], 0, LENGTH_BYTES);
        out.tag(1, WireReader.BYTES);
        out.text(type);
        out.tag(2, WireReader.BYTES);
        int start = out.begin();
        out.tag(1, WireReader.BYTES);
        out.bytes(object);
        out.end(start);
        byte[] event = out.toBytes();
        ByteBuffer.wrap(event).putInt(event.length - LENGTH_BYTES);
        return event;
    }

    private static void write(Message message, byte[] json, WireWriter out) {
        try (JsonParser parser = Json.mapper().createParser(json)) {
            write(message, parser, out);
        }
    }

    private static void write(Message message, JsonParser json, WireWriter out) {
        json.nextToken();
        new MessageWriter(MESSAGES, json, out).object(message);
    }

    /// The object in an envelope.
    static ObjectNode unwrap(byte[] bytes, int depth) {
        Envelope envelope = Envelope.read(bytes);
        GroupVersionKind kind = envelope.kind();
        Message message = MESSAGES.of(kind).orElseThrow(() -> WireReader.malformed("no message is known for " + kind));
        ObjectNode object = Json.object().put("apiVersion", kind.apiVersion()).put("kind", kind.kind());
        object.setAll(MessageReader.TABLED.read(message, envelope.raw(), depth));
        return object;
    }

    private static Message message(GroupVersionKind kind) {
        return MESSAGES.of(kind).orElseThrow(() -> new IllegalArgumentException("no message is known for " + kind));
    }
}
