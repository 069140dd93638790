package dev.longshore.apiserver;

import dev.longshore.apiserver.objects.StoredObject;
import dev.longshore.model.Codec;
import dev.longshore.model.GroupVersionKind;
import dev.longshore.model.ResourceDefinition;
import java.util.List;
import tools.jackson.databind.JsonNode;

/// What a [Codec] writes.
record CodecEncoding(Codec codec) implements Encoding {

    @Override
    public String mediaType() {
        return codec.mediaType();
    }

    @Override
    public boolean knows(GroupVersionKind kind) {
        return codec.knows(kind);
    }

    @Override
    public byte[] tree(JsonNode tree, boolean isPretty) {
        return codec.encode(tree);
    }

    @Override
    public byte[] object(ResourceDefinition definition, StoredObject stored) {
        return codec.encode(definition.kind(), Versions.servedBytes(definition, stored));
    }

    @Override
    public byte[] list(ResourceDefinition definition, JsonNode metadata, List<StoredObject> objects) {
        GroupVersionKind kind = definition.kind();
        var list = new GroupVersionKind(
                kind.group(), kind.version(), definition.names().listKind());
        Iterable<byte[]> items = () -> objects.stream()
                .map(stored -> Versions.servedBytes(definition, stored))
                .iterator();
        return codec.list(list, metadata, kind, items);
    }

    @Override
    public boolean streams() {
        return true;
    }

    @Override
    public boolean isText() {
        return false;
    }

    @Override
    public String streamType() {
        return mediaType() + Encodings.STREAM;
    }

    @Override
    public byte[] event(String type, byte[] object) {
        return codec.event(type, object);
    }
}
