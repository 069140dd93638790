package dev.longshore.store.snapshot;

import dev.longshore.base.Digest;
import dev.longshore.store.KeyValue;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;

/// Writes a snapshot: leases first, then keys in ascending order, then [#finish]. For one thread; it keeps
/// nothing.
public final class SnapshotWriter {

    private final OutputStream out;
    private final MessageDigest digest = Digest.hasher("sha256");
    private final String cluster;
    private final long revision;
    private long written;
    private long leases;
    private long keys;

    /// Begins one.
    ///
    /// @param out stays open; buffered, if many small writes cost anything there
    /// @param cluster the id of the cluster, or nothing
    /// @param revision that of the state which follows
    public SnapshotWriter(OutputStream out, String cluster, long revision) throws IOException {
        this.out = out;
        this.cluster = cluster;
        this.revision = revision;
        byte[] name = cluster.getBytes(StandardCharsets.UTF_8);
        write(SnapshotFormat.seal(ByteBuffer.allocate(SnapshotFormat.PREAMBLE)
                .put(SnapshotFormat.MAGIC)
                .putInt(SnapshotFormat.VERSION)));
        write(SnapshotFormat.seal(head(SnapshotFormat.HEADER).putLong(revision).putInt(name.length)));
        write(name);
    }

    /// Adds a lease.
    public void lease(long id, Duration ttl) throws IOException {
        write(SnapshotFormat.seal(head(SnapshotFormat.LEASE).putLong(id).putLong(ttl.toMillis())));
        leases++;
    }

    /// Adds a key.
    public void entry(KeyValue entry) throws IOException {
        byte[] key = entry.key().bytes();
        write(SnapshotFormat.seal(head(SnapshotFormat.KEY)
                .putLong(entry.createRevision())
                .putLong(entry.modRevision())
                .putLong(entry.version())
                .putLong(entry.lease())
                .putInt(key.length)
                .putInt(entry.value().length)));
        write(key);
        write(entry.value());
        keys++;
    }

    /// Ends it with its checksum and flushes.
    public SnapshotSummary finish() throws IOException {
        write(SnapshotFormat.seal(head(SnapshotFormat.END).putLong(leases).putLong(keys)));
        int rest = (int) (written % SnapshotFormat.BLOCK);
        write(new byte[rest == 0 ? 0 : SnapshotFormat.BLOCK - rest]);
        out.write(digest.digest());
        out.flush();
        return new SnapshotSummary(cluster, revision, keys, leases);
    }

    private void write(byte[] bytes) throws IOException {
        digest.update(bytes);
        out.write(bytes);
        written += bytes.length;
    }

    private static ByteBuffer head(byte kind) {
        return ByteBuffer.allocate(SnapshotFormat.headLength(kind)).put(kind);
    }
}
