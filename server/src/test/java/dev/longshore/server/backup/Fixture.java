package dev.longshore.server.backup;

import dev.longshore.base.ClusterId;
import dev.longshore.base.Time;
import dev.longshore.cli.DataDirectory;
import dev.longshore.server.config.ClusterRecord;
import dev.longshore.store.EmbeddedStore;
import dev.longshore.store.Key;
import dev.longshore.store.Stores;
import dev.longshore.store.Txn;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;

/// A small control plane.
record Fixture(DataDirectory directory, Path keys, ClusterRecord cluster) {

    static final Instant NOON = Instant.parse("2026-11-26T12:00:00Z");

    static Fixture in(Path root) throws IOException {
        var directory = new DataDirectory(root.resolve("old"));
        var cluster = new ClusterRecord(
                new ClusterId("abc123"), "c", "10.244.0.0/16", "10.96.0.0/16", "30000-32767", 6443, 5000, 10250);
        Files.createDirectories(directory.pki().resolve("etcd"));
        cluster.write(directory.clusterRecord());
        Files.writeString(directory.pki().resolve("ca.key"), "the authority's key");
        Files.writeString(directory.pki().resolve("etcd/ca.crt"), "another's certificate");
        Files.writeString(directory.pki().resolve("sa.key.new"), "half of a key");
        Path keys = Files.writeString(root.resolve("keys.yaml"), "kind: EncryptionConfiguration");
        return new Fixture(directory, keys, cluster);
    }

    BackupContents contents() {
        return new BackupContents(directory, List.of(new OutsideFile("--encryption-provider-config", keys)));
    }

    /// One key of `size` bytes at revision 3, in memory.
    static EmbeddedStore store(Time time, int size) {
        EmbeddedStore store = Stores.inMemory(time);
        store.commit(Txn.of(new Txn.Operation.Put(Key.of("/registry/a"), new byte[1])));
        store.commit(Txn.of(new Txn.Operation.Put(Key.of("/registry/a"), new byte[size])));
        return store;
    }

    byte[] backup(Time time, int size) throws IOException {
        try (EmbeddedStore store = store(time, size)) {
            var bytes = new ByteArrayOutputStream();
            contents().write(store, cluster.id().value(), NOON, bytes);
            return bytes.toByteArray();
        }
    }
}
