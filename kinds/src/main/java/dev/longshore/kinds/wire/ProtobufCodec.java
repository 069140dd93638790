package dev.longshore.kinds.wire;

import dev.longshore.base.Json;
import dev.longshore.model.Codec;
import dev.longshore.model.Fault;
import dev.longshore.model.FaultException;
import dev.longshore.model.GroupVersionKind;
import dev.longshore.model.Resource;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// Reads `application/vnd.kubernetes.protobuf`: four magic bytes, an envelope that names the kind, the object.
/// Nothing is written in this form: every client that sends it reads JSON as well.
public final class ProtobufCodec implements Codec {

    private static final byte[] MAGIC = {'k', '8', 's', 0};
    private static final String META = "apimachinery.pkg.apis.meta.v1.";

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
    public Optional<byte[]> encode(Resource object) {
        return Optional.empty();
    }

    static boolean isWrapped(byte[] bytes) {
        return bytes.length >= MAGIC.length && Arrays.equals(bytes, 0, MAGIC.length, MAGIC, 0, MAGIC.length);
    }

    /// The object in an envelope.
    static ObjectNode unwrap(byte[] bytes, int depth) {
        if (!isWrapped(bytes)) {
            throw WireReader.malformed("provided data does not appear to be a protobuf message");
        }
        var envelope = new WireReader(ByteBuffer.wrap(bytes, MAGIC.length, bytes.length - MAGIC.length));
        String apiVersion = "";
        String kind = "";
        ByteBuffer raw = ByteBuffer.allocate(0);
        while (envelope.hasMore()) {
            int tag = envelope.tag();
            switch (tag) {
                case 1 << 3 | WireReader.BYTES -> {
                    var type = new WireReader(envelope.bytes());
                    while (type.hasMore()) {
                        int part = type.tag();
                        switch (part) {
                            case 1 << 3 | WireReader.BYTES -> apiVersion = WireReader.text(type.bytes());
                            case 2 << 3 | WireReader.BYTES -> kind = WireReader.text(type.bytes());
                            default -> type.skip(part & 7);
                        }
                    }
                }
                case 2 << 3 | WireReader.BYTES -> raw = envelope.bytes();
                default -> envelope.skip(tag & 7);
            }
        }
        ObjectNode object = Json.object().put("apiVersion", apiVersion).put("kind", kind);
        object.setAll(MessageReader.TABLED.read(message(GroupVersionKind.of(apiVersion, kind)), raw, depth));
        return object;
    }

    /// The message of a kind: its package is named after the first step of its group.
    private static String message(GroupVersionKind kind) {
        String group = kind.group().isEmpty() ? "core" : kind.group().split("\\.")[0];
        String own = "api." + group + "." + kind.version() + "." + kind.kind();
        String extension = "apiextensions_apiserver.pkg.apis." + group + "." + kind.version() + "." + kind.kind();
        for (String candidate : List.of(own, META + kind.kind(), extension)) {
            if (MessageReader.TABLED.messages().knows(candidate)) {
                return candidate;
            }
        }
        throw WireReader.malformed("no message is known for " + kind);
    }
}
