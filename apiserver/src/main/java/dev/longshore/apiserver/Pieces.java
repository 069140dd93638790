package dev.longshore.apiserver;

import dev.longshore.apiserver.objects.StoredObject;
import dev.longshore.model.ResourceDefinition;
import java.util.ArrayList;
import java.util.List;

/// Joins objects into the JSON of a list, in one array that is made once, of the right size.
final class Pieces {

    private final List<StoredObject> asTheyAre = new ArrayList<>();
    private final List<byte[]> converted = new ArrayList<>();
    private long size;
    private byte[] target = {};
    private int at;

    /// @param frame the bytes around the objects
    Pieces(int frame) {
        size = frame;
    }

    void expect(ResourceDefinition definition, StoredObject stored) {
        if (Versions.isStoredAsServed(definition)) {
            asTheyAre.add(stored);
            size += stored.encodedLength() + 1;
        } else {
            byte[] bytes = Versions.servedBytes(definition, stored);
            converted.add(bytes);
            size += bytes.length + 1;
        }
    }

    void write(byte[] source, int length) {
        if (target.length == 0) {
            target = new byte[Math.toIntExact(isEmpty() ? size : size - 1)];
        }
        System.arraycopy(source, 0, target, at, length);
        at += length;
    }

    void writeObjects() {
        for (StoredObject stored : asTheyAre) {
            at = stored.encode(target, at);
            target[at++] = ',';
        }
        for (byte[] bytes : converted) {
            write(bytes, bytes.length);
            target[at++] = ',';
        }
        // Where the last comma stands, the end of the list begins.
        at -= isEmpty() ? 0 : 1;
    }

    byte[] finish(byte[] end) {
        System.arraycopy(end, 0, target, at, end.length);
        return target;
    }

    private boolean isEmpty() {
        return asTheyAre.isEmpty() && converted.isEmpty();
    }
}
