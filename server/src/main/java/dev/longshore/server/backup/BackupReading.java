package dev.longshore.server.backup;

import dev.longshore.server.config.ClusterRecord;
import dev.longshore.store.snapshot.SnapshotException;
import dev.longshore.store.snapshot.SnapshotFault;
import dev.longshore.store.snapshot.SnapshotSummary;
import dev.longshore.store.snapshot.Snapshots;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// Reads a file to its end, whatever it is: a backup, encrypted or not, or a store's snapshot alone.
final class BackupReading {

    /// Of bbolt's mark in a file of etcd's own: its first page begins with 16 bytes, then these.
    private static final byte[] BBOLT = {(byte) 0xED, (byte) 0xDA, 0x0C, (byte) 0xED};

    /// More than keys, certificates and configurations have.
    private static final int LARGEST_FILE = 16 << 20;

    private BackupReading() {}

    /// Takes what is read, in its order. What it is given may only be believed once the reading has ended.
    interface Sink {

        /// A file that is not the state.
        void file(String name, byte[] content) throws IOException;

        /// The state; reads it to its end.
        SnapshotSummary state(InputStream content) throws IOException;
    }

    /// Reads and checks all of `file`.
    ///
    /// @throws BackupException for what is wrong with it
    static BackupSummary check(Path file, Optional<Passphrase> passphrase) throws IOException {
        return read(file, passphrase, new Sink() {
            @Override
            public void file(String name, byte[] content) {
                // Read is checked.
            }

            @Override
            public SnapshotSummary state(InputStream content) throws IOException {
                return Snapshots.check(content);
            }
        });
    }

    /// Reads all of `file` into `sink`.
    ///
    /// @throws BackupException for what is wrong with it
    static BackupSummary read(Path file, Optional<Passphrase> passphrase, Sink sink) throws IOException {
        try (InputStream in = BackupFile.open(file, passphrase)) {
            if (begins(in, Framing.SNAPSHOT)) {
                return new BackupSummary(Optional.empty(), Optional.empty(), sink.state(in), List.of());
            }
            if (!begins(in, Framing.ARCHIVE)) {
                throw unknown(in);
            }
            return archive(in, sink);
        } catch (SnapshotException damaged) {
            throw new BackupException(fault(damaged.fault()));
        }
    }

    private static BackupFault fault(SnapshotFault fault) {
        return switch (fault) {
            case SnapshotFault.NotASnapshot(var what) -> new BackupFault.NotABackup(what);
            case SnapshotFault.OtherVersion(var version, var known) -> new BackupFault.OtherVersion(version, known);
            case SnapshotFault.Truncated(var detail) -> new BackupFault.Truncated(detail);
            case SnapshotFault.Altered(var detail) -> new BackupFault.Altered(detail);
        };
    }

    /// Whether it begins so; or is cut off so early that it may.
    static boolean begins(InputStream in, String magic) throws IOException {
        in.mark(Framing.MAGIC_LENGTH);
        byte[] first = in.readNBytes(Framing.MAGIC_LENGTH);
        in.reset();
        return first.length == Framing.MAGIC_LENGTH && magic.equals(new String(first, StandardCharsets.ISO_8859_1));
    }

    private static BackupException unknown(InputStream in) throws IOException {
        byte[] first = in.readNBytes(Framing.MAGIC_LENGTH + BBOLT.length);
        String begun = new String(first, StandardCharsets.ISO_8859_1);
        if (first.length < Framing.MAGIC_LENGTH) {
            boolean ours =
                    !begun.isEmpty() && "longshore-".startsWith(begun.substring(0, Math.min(10, begun.length())));
            return new BackupException(
                    ours || begun.isEmpty()
                            ? new BackupFault.Truncated("it has only " + first.length + " bytes")
                            : new BackupFault.NotABackup("it has only " + first.length + " bytes"));
        }
        boolean bolt = Arrays.equals(first, Framing.MAGIC_LENGTH, first.length, BBOLT, 0, BBOLT.length);
        return new BackupException(
                new BackupFault.NotABackup(
                        bolt
                                ? "it is a database of an etcd server, which etcdutl restores; `longshore migrate` takes over"
                                        + " what an etcd cluster holds"
                                : "its first bytes are others than those of `longshore backup` and of `etcdctl snapshot save`"));
    }

    private static BackupSummary archive(InputStream in, Sink sink) throws IOException {
        var reader = new ArchiveReader(in);
        Optional<Manifest> manifest = Optional.empty();
        Optional<ClusterRecord> cluster = Optional.empty();
        Optional<SnapshotSummary> state = Optional.empty();
        for (Optional<String> next = reader.next(); next.isPresent(); next = reader.next()) {
            String name = next.get();
            if (name.equals(BackupContents.STATE)) {
                state = Optional.of(sink.state(reader.content()));
                continue;
            }
            byte[] content = small(reader.content(), name);
            if (name.equals(Manifest.NAME)) {
                manifest = Optional.of(Manifest.parse(content));
            } else if (name.equals(BackupContents.CLUSTER)) {
                cluster = Optional.of(cluster(content));
            }
            sink.file(name, content);
        }
        if (manifest.isEmpty() || cluster.isEmpty() || state.isEmpty()) {
            throw new BackupException(new BackupFault.Altered("a part of it is missing"));
        }
        Instant taken = manifest.get().taken();
        return new BackupSummary(
                cluster, Optional.of(taken), state.get(), manifest.get().outside());
    }

    private static byte[] small(InputStream content, String name) throws IOException {
        byte[] bytes = content.readNBytes(LARGEST_FILE + 1);
        if (bytes.length > LARGEST_FILE) {
            throw new BackupException(new BackupFault.Altered(name + " is too large to be what it should"));
        }
        return bytes;
    }

    private static ClusterRecord cluster(byte[] content) {
        try {
            return ClusterRecord.parse(content);
        } catch (IOException broken) {
            throw new BackupException(new BackupFault.Altered(broken.getMessage()));
        }
    }
}
