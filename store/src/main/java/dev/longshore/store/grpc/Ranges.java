package dev.longshore.store.grpc;

import com.google.protobuf.ByteString;
import dev.longshore.store.Key;
import dev.longshore.store.KeyRange;
import dev.longshore.store.KeyValue;
import dev.longshore.store.grpc.proto.Pair;
import java.util.Optional;

/// Keys and ranges as etcd writes them: no end for one key, an end of one zero byte for everything from a key on.
final class Ranges {

    private static final ByteString ZERO = ByteString.copyFrom(new byte[1]);

    private Ranges() {}

    static Key key(ByteString key) {
        return Key.of(key.toByteArray());
    }

    static KeyRange range(ByteString key, ByteString end) {
        if (end.isEmpty()) {
            return KeyRange.single(key(key));
        }
        return new KeyRange(key(key), end.equals(ZERO) ? Optional.empty() : Optional.of(key(end)));
    }

    static Pair pair(KeyValue entry) {
        return pair(entry, true);
    }

    static Pair pair(KeyValue entry, boolean withValue) {
        return Pair.newBuilder()
                .setKey(ByteString.copyFrom(entry.key().bytes()))
                .setCreateRevision(entry.createRevision())
                .setModRevision(entry.modRevision())
                .setVersion(entry.version())
                .setValue(withValue ? ByteString.copyFrom(entry.value()) : ByteString.EMPTY)
                .setLease(entry.lease())
                .build();
    }
}
