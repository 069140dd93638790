package dev.longshore.store.etcd;

import com.google.protobuf.ByteString;
import dev.longshore.store.Key;
import dev.longshore.store.KeyRange;

/// Ranges as etcd writes them: no end for one key, an end of one zero byte for everything from a key on. It knows no
/// empty key: the first is a zero byte.
final class EtcdRanges {

    /// Begins with the first key, or goes on to the last.
    static final ByteString ZERO = ByteString.copyFrom(new byte[1]);

    private EtcdRanges() {}

    static ByteString start(KeyRange range) {
        ByteString start = key(range.start());
        return start.isEmpty() ? ZERO : start;
    }

    static ByteString end(KeyRange range) {
        return range.isSingle()
                ? ByteString.EMPTY
                : range.end().map(EtcdRanges::key).orElse(ZERO);
    }

    static ByteString key(Key key) {
        return ByteString.copyFrom(key.bytes());
    }
}
