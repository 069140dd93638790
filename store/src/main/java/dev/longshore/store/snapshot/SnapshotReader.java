package dev.longshore.store.snapshot;

import dev.longshore.base.Digest;
import dev.longshore.store.Key;
import dev.longshore.store.KeyValue;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Optional;

/// Reads a snapshot, which may be anything. What it shows may only be believed once [#read] has returned, for the
/// checksum is at the end. For one thread.
public final class SnapshotReader {

    /// A page of etcd's own file begins with 16 bytes, then this: bbolt's mark, as a little-endian machine writes
    /// it.
    private static final int BBOLT = 0xEDDA0CED;

    private final InputStream in;
    private final MessageDigest digest = Digest.hasher("sha256");
    private long at;
    private String cluster = "";
    private long revision;
    private long leases;
    private long keys;
    private Optional<Key> last = Optional.empty();

    /// @param in stays open; buffered, if many small reads cost anything there; ends with the snapshot
    public SnapshotReader(InputStream in) {
        this.in = in;
    }

    /// Reads all of it.
    ///
    /// @throws SnapshotException for what is wrong with it
    public SnapshotSummary read(Sink sink) throws IOException {
        preamble();
        header(sink);
        while (record(sink)) {
            // One after the other.
        }
        end();
        return new SnapshotSummary(cluster, revision, keys, leases);
    }

    private void preamble() throws IOException {
        byte[] preamble = in.readNBytes(SnapshotFormat.PREAMBLE);
        digest.update(preamble);
        at = preamble.length;
        if (preamble.length == 0) {
            throw new SnapshotException(new SnapshotFault.Truncated("it is empty"));
        }
        byte[] magic = SnapshotFormat.MAGIC;
        int common = Math.min(magic.length, preamble.length);
        if (!ByteBuffer.wrap(preamble, 0, common).equals(ByteBuffer.wrap(magic, 0, common))) {
            boolean bolt = preamble.length > 20 && ByteBuffer.wrap(preamble).getInt(16) == BBOLT;
            throw new SnapshotException(new SnapshotFault.NotASnapshot(
                    bolt ? "it is a database of an etcd server" : "its first bytes are others"));
        }
        if (preamble.length < SnapshotFormat.PREAMBLE) {
            throw new SnapshotException(new SnapshotFault.Truncated("it ends at byte " + at));
        }
        if (!SnapshotFormat.isSealed(preamble)) {
            throw altered("the first bytes do not fit their checksum");
        }
        int version = ByteBuffer.wrap(preamble).getInt(magic.length);
        if (version != SnapshotFormat.VERSION) {
            throw new SnapshotException(new SnapshotFault.OtherVersion(version, SnapshotFormat.VERSION));
        }
    }

    private void header(Sink sink) throws IOException {
        ByteBuffer head = head();
        if (head.get() != SnapshotFormat.HEADER) {
            throw altered("it has no header");
        }
        revision = head.getLong();
        cluster = new String(read(head.getInt()), StandardCharsets.UTF_8);
        sink.begin(cluster, revision);
    }

    /// False at the end.
    private boolean record(Sink sink) throws IOException {
        ByteBuffer head = head();
        byte kind = head.get();
        switch (kind) {
            case SnapshotFormat.LEASE -> {
                sink.lease(head.getLong(), Duration.ofMillis(head.getLong()));
                leases++;
            }
            case SnapshotFormat.KEY -> {
                sink.entry(entry(head));
                keys++;
            }
            case SnapshotFormat.END -> {
                if (head.getLong() != leases || head.getLong() != keys) {
                    throw altered("records are missing");
                }
                return false;
            }
            default -> throw altered("a second header");
        }
        return true;
    }

    private KeyValue entry(ByteBuffer head) throws IOException {
        long created = head.getLong();
        long modified = head.getLong();
        long version = head.getLong();
        long lease = head.getLong();
        Key key = Key.of(read(head.getInt()));
        byte[] value = read(head.getInt());
        if (modified > revision) {
            throw altered("a key is newer than the whole");
        }
        if (last.isPresent() && last.get().compareTo(key) >= 0) {
            throw altered("the keys are not in order");
        }
        last = Optional.of(key);
        return new KeyValue(key, value, created, modified, version, lease);
    }

    private void end() throws IOException {
        int rest = (int) (at % SnapshotFormat.BLOCK);
        for (byte each : read(rest == 0 ? 0 : SnapshotFormat.BLOCK - rest)) {
            if (each != 0) {
                throw altered("there is something in the padding");
            }
        }
        byte[] expected = digest.digest();
        byte[] found = in.readNBytes(SnapshotFormat.CHECKSUM);
        if (found.length < SnapshotFormat.CHECKSUM) {
            throw new SnapshotException(new SnapshotFault.Truncated("its checksum is missing"));
        }
        if (!MessageDigest.isEqual(expected, found)) {
            throw new SnapshotException(new SnapshotFault.Altered("its SHA-256 is another than the one it ends with"));
        }
        if (in.read() >= 0) {
            throw new SnapshotException(new SnapshotFault.Altered("something stands behind its end"));
        }
    }

    private ByteBuffer head() throws IOException {
        byte kind = read(1)[0];
        int length = SnapshotFormat.headLength(kind);
        if (length == 0) {
            throw altered("no record begins so");
        }
        byte[] head =
                ByteBuffer.allocate(length).put(kind).put(read(length - 1)).array();
        if (!SnapshotFormat.isSealed(head)) {
            throw altered("a record's head does not fit its checksum");
        }
        return ByteBuffer.wrap(head);
    }

    private byte[] read(int length) throws IOException {
        if (length < 0) {
            throw altered("a negative length");
        }
        byte[] bytes = in.readNBytes(length);
        digest.update(bytes);
        at += bytes.length;
        if (bytes.length < length) {
            throw new SnapshotException(new SnapshotFault.Truncated("it ends at byte " + at));
        }
        return bytes;
    }

    private SnapshotException altered(String what) {
        return new SnapshotException(new SnapshotFault.Altered(what + ", near byte " + at));
    }

    /// Takes what is read, in its order.
    public interface Sink {

        /// First of all.
        void begin(String cluster, long revision);

        /// A lease.
        void lease(long id, Duration ttl);

        /// A key; they come in ascending order.
        void entry(KeyValue entry);
    }
}
