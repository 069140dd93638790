package dev.longshore.kinds.wire;

import dev.longshore.model.GroupVersionKind;
import java.nio.ByteBuffer;
import java.util.Arrays;

/// What surrounds an object: four magic bytes and a message `runtime.Unknown`, which tells the kind.
record Envelope(GroupVersionKind kind, ByteBuffer raw) {

    private static final byte[] MAGIC = {'k', '8', 's', 0};
    private static final int TYPE = 1;
    private static final int RAW = 2;
    private static final int ENCODING = 3;
    private static final int CONTENT_TYPE = 4;

    static boolean isWrapped(byte[] bytes) {
        return bytes.length >= MAGIC.length && Arrays.equals(bytes, 0, MAGIC.length, MAGIC, 0, MAGIC.length);
    }

    static Envelope read(byte[] bytes) {
        if (!isWrapped(bytes)) {
            throw WireReader.malformed("provided data does not appear to be a protobuf message");
        }
        var envelope = new WireReader(ByteBuffer.wrap(bytes, MAGIC.length, bytes.length - MAGIC.length));
        GroupVersionKind kind = GroupVersionKind.of("", "");
        ByteBuffer raw = ByteBuffer.allocate(0);
        while (envelope.hasMore()) {
            int tag = envelope.tag();
            switch (tag) {
                case TYPE << 3 | WireReader.BYTES -> {
                    Plain type = Plain.of(envelope.bytes());
                    kind = GroupVersionKind.of(type.text(1), type.text(2));
                }
                case RAW << 3 | WireReader.BYTES -> raw = envelope.bytes();
                default -> envelope.skip(tag & 7);
            }
        }
        return new Envelope(kind, raw);
    }

    /// Writes an envelope around what `content` writes.
    static void write(GroupVersionKind kind, WireWriter out, Runnable content) {
        out.raw(MAGIC, 0, MAGIC.length);
        out.tag(TYPE, WireReader.BYTES);
        int type = out.begin();
        out.tag(1, WireReader.BYTES);
        out.text(kind.apiVersion());
        out.tag(2, WireReader.BYTES);
        out.text(kind.kind());
        out.end(type);
        out.tag(RAW, WireReader.BYTES);
        int raw = out.begin();
        content.run();
        out.end(raw);
        out.tag(ENCODING, WireReader.BYTES);
        out.text("");
        out.tag(CONTENT_TYPE, WireReader.BYTES);
        out.text("");
    }
}
