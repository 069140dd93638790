package dev.longshore.images;

import dev.longshore.base.Digest;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.security.MessageDigest;
import java.util.LinkedHashMap;
import java.util.Optional;

/// SHA-256 sums of uploads, taken while they arrive, so that they need not be read again at their end. A sum that is
/// lost (a restart, too many uploads at once) or does not fit what lies on disk only costs that reading. Thread-safe;
/// one piece of an upload at a time.
final class RunningSums {

    private static final int MOST = 1000;

    private final LinkedHashMap<String, Running> sums = new LinkedHashMap<>();

    private static final class Running {
        private final MessageDigest sum = Digest.hasher("sha256");
        private long at;
    }

    /// `out`, whose bytes count to the upload `id`, at whose byte `offset` they begin.
    OutputStream along(String id, long offset, OutputStream out) {
        Running running = running(id, offset);
        return new FilterOutputStream(out) {
            @Override
            public void write(int octet) throws IOException {
                write(new byte[] {(byte) octet}, 0, 1);
            }

            @Override
            public void write(byte[] bytes, int begin, int length) throws IOException {
                out.write(bytes, begin, length);
                running.sum.update(bytes, begin, length);
                running.at += length;
            }
        };
    }

    private synchronized Running running(String id, long offset) {
        Running known = sums.get(id);
        if (known != null && known.at == offset) {
            return known;
        }
        var fresh = new Running();
        sums.remove(id);
        if (offset == 0) {
            sums.put(id, fresh);
            if (sums.size() > MOST) {
                sums.pollFirstEntry();
            }
        }
        return fresh;
    }

    /// Takes the sum of the upload `id`, if it covers exactly `size` bytes.
    synchronized Optional<Digest> take(String id, long size) {
        Running running = sums.remove(id);
        return running != null && running.at == size
                ? Optional.of(Digest.of("sha256", running.sum.digest()))
                : Optional.empty();
    }
}
