package dev.longshore.store;

import com.google.protobuf.CodedOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.zip.CRC32C;

/// A checksum over every version that is left, equal to that which etcd (`HashKV`) makes of the same history: CRC-32C
/// of its bucket's name, then of key and value of each record as etcd would have stored it.
final class HistoryHash {

    private static final byte[] BUCKET = {'k', 'e', 'y'};
    private static final int REVISION = Long.BYTES + 1 + Long.BYTES;
    private static final int CHUNK = 1000;

    private final Backend backend;
    private final KeyIndex index;
    private final long compacted;
    private final CRC32C sum = new CRC32C();

    /// @param compacted the oldest revision that can be read
    HistoryHash(Backend backend, KeyIndex index, long compacted) {
        this.backend = backend;
        this.index = index;
        this.compacted = compacted;
        sum.update(BUCKET);
    }

    /// @param upTo the last revision that counts
    int of(long upTo) {
        var chunk = new ArrayList<Records.Indexed>(CHUNK);
        long shown = hasKeys(upTo) ? upTo : compacted;
        backend.scan(Records.indexKey(0, 0), Records.indexKey(upTo + 1, 0), (key, value) -> {
            Records.Indexed indexed = Records.decode(key, value);
            if (indexed.version().revision > compacted || isShown(indexed, shown)) {
                chunk.add(indexed);
            }
            if (chunk.size() == CHUNK) {
                add(chunk);
                chunk.clear();
            }
            return true;
        });
        add(chunk);
        return (int) sum.getValue();
    }

    /// As far as they are compacted, etcd counts only the versions that are left at the asked revision; if nothing is
    /// left then, those that compaction has left, of which a deletion is none.
    private boolean isShown(Records.Indexed indexed, long revision) {
        return index.at(indexed.key(), revision)
                .filter(shown -> shown.revision == indexed.version().revision && shown.sub == indexed.version().sub)
                .isPresent();
    }

    private boolean hasKeys(long revision) {
        var found = new AtomicBoolean();
        index.forEach(KeyRange.prefix(Key.of("")), revision, (key, version) -> found.set(true));
        return found.get();
    }

    private void add(List<Records.Indexed> chunk) {
        List<byte[]> keys = chunk.stream()
                .filter(each -> !each.version().deleted)
                .map(each -> Records.valueKey(each.version()))
                .toList();
        var values = backend.get(keys).iterator();
        for (Records.Indexed each : chunk) {
            Version version = each.version();
            sum.update(name(version));
            sum.update(pair(
                    each.key(),
                    version,
                    version.deleted ? Version.NO_VALUE : values.next().orElse(Version.NO_VALUE)));
        }
    }

    private static byte[] name(Version version) {
        ByteBuffer name = ByteBuffer.allocate(version.deleted ? REVISION + 1 : REVISION);
        name.putLong(version.revision).put((byte) '_').putLong(version.sub);
        if (version.deleted) {
            name.put((byte) 't');
        }
        return name.array();
    }

    /// As etcd's message `mvccpb.KeyValue`; of a deletion only the key.
    private static byte[] pair(Key key, Version version, byte[] value) {
        try {
            byte[] buffer = new byte[64 + key.shared().length + value.length];
            CodedOutputStream out = CodedOutputStream.newInstance(buffer);
            out.writeByteArray(1, key.shared());
            if (!version.deleted) {
                out.writeInt64(2, version.createRevision);
                out.writeInt64(3, version.revision);
                out.writeInt64(4, version.version);
                if (value.length > 0) {
                    out.writeByteArray(5, value);
                }
                if (version.lease != 0) {
                    out.writeInt64(6, version.lease);
                }
            }
            return Arrays.copyOf(buffer, out.getTotalBytesWritten());
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }
}
