package dev.longshore.store.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.base.ManualTime;
import dev.longshore.store.EmbeddedStore;
import dev.longshore.store.Key;
import dev.longshore.store.StoreException;
import dev.longshore.store.StoreFault;
import dev.longshore.store.Stores;
import dev.longshore.store.Txn;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SnapshotsTest {

    @TempDir
    Path root;

    private final ManualTime time = new ManualTime();

    @Test
    void aDamagedSnapshotLeavesNoDirectory() throws IOException {
        byte[] snapshot = snapshot();
        snapshot[snapshot.length - 1] ^= 1;

        assertFault(SnapshotFault.Altered.class, () -> restore(snapshot));
        try (Stream<Path> left = Files.list(root)) {
            assertThat(left).isEmpty();
        }
    }

    @Test
    void aDirectoryWithSomethingInItIsRefused() throws IOException {
        Files.createDirectory(root.resolve("store"));
        Files.createFile(root.resolve("store/something"));

        assertThatThrownBy(() -> restore(snapshot()))
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.fault()).isInstanceOf(StoreFault.Invalid.class));
        assertThat(root.resolve("store/something")).exists();
    }

    @Test
    void anEmptyDirectoryIsFilled() throws IOException {
        Files.createDirectory(root.resolve("store"));
        restore(snapshot());
        try (EmbeddedStore store = Stores.embedded(root.resolve("store"), time)) {
            assertThat(store.revision()).isEqualTo(12);
        }
    }

    @Test
    void aLaterFormatIsSaidToBeOne() throws IOException {
        byte[] snapshot = snapshot();
        var preamble = ByteBuffer.allocate(SnapshotFormat.PREAMBLE)
                .put(SnapshotFormat.MAGIC)
                .putInt(2);
        System.arraycopy(SnapshotFormat.seal(preamble), 0, snapshot, 0, SnapshotFormat.PREAMBLE);

        assertFault(SnapshotFault.OtherVersion.class, () -> restore(snapshot));
    }

    @Test
    void aDatabaseOfEtcdIsSaidToBeOne() {
        byte[] bolt = ByteBuffer.allocate(4096)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(16, 0xED0CDAED)
                .array();

        assertThatThrownBy(() -> restore(bolt))
                .isInstanceOf(SnapshotException.class)
                .hasMessageContaining("database of an etcd server");
    }

    @Test
    void somethingBehindTheEndIsFound() throws IOException {
        byte[] longer = java.util.Arrays.copyOf(snapshot(), snapshot().length + 512);

        assertFault(SnapshotFault.Altered.class, () -> restore(longer));
    }

    @Test
    void whatTheDiskRefusesIsToldAsItSaidIt() {
        OutputStream full = new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("No space left on device");
            }
        };
        try (EmbeddedStore store = filled()) {
            assertThatThrownBy(() -> Snapshots.write(store, "c1", full))
                    .isInstanceOf(IOException.class)
                    .hasMessage("No space left on device");
        }
    }

    @Test
    void aStoreThatWouldSkipMoreRevisionsThanThereAreIsNotMade() throws IOException {
        byte[] snapshot = snapshot();

        assertThatThrownBy(() -> Snapshots.restore(
                        new ByteArrayInputStream(snapshot), root.resolve("store"), Long.MAX_VALUE, time))
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.fault()).isInstanceOf(StoreFault.Invalid.class));
        assertThat(root.resolve("store")).doesNotExist();
    }

    @Test
    void aLeaseThatIsOverWhenItBeginsIsNotTaken() throws IOException {
        var bytes = new ByteArrayOutputStream();
        var writer = new SnapshotWriter(bytes, "c1", 5);
        writer.lease(7, Duration.ofMillis(-1));
        writer.finish();

        assertThatThrownBy(() -> restore(bytes.toByteArray()))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("lease 7");
    }

    private void restore(byte[] snapshot) throws IOException {
        Snapshots.restore(new ByteArrayInputStream(snapshot), root.resolve("store"), 10, time);
    }

    private byte[] snapshot() throws IOException {
        try (EmbeddedStore store = filled()) {
            var bytes = new ByteArrayOutputStream();
            Snapshots.write(store, "c1", bytes);
            return bytes.toByteArray();
        }
    }

    private EmbeddedStore filled() {
        EmbeddedStore store = Stores.inMemory(time);
        store.commit(Txn.of(new Txn.Operation.Put(Key.of("a"), new byte[100_000])));
        return store;
    }

    private static void assertFault(
            Class<? extends SnapshotFault> fault, org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        SnapshotException.class, e -> assertThat(e.fault()).isInstanceOf(fault));
    }
}
