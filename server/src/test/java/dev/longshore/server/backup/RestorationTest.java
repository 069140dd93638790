package dev.longshore.server.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.base.ManualTime;
import dev.longshore.cli.CommandFailure;
import dev.longshore.cli.DataDirectory;
import dev.longshore.store.EmbeddedStore;
import dev.longshore.store.Key;
import dev.longshore.store.RangeQuery;
import dev.longshore.store.Stores;
import dev.longshore.store.snapshot.Snapshots;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RestorationTest {

    private static final Passphrase SECRET = Passphrase.of("correct horse battery staple");

    @TempDir
    Path root;

    private final ManualTime time = new ManualTime();
    private Fixture old;
    private DataDirectory fresh;
    private Path file;

    @BeforeEach
    void prepare() throws IOException {
        old = Fixture.in(root);
        fresh = new DataDirectory(root.resolve("new"));
        Files.createDirectories(fresh.root());
        file = root.resolve("backup");
    }

    @Test
    void aBackupIsTheControlPlaneAgainAtLaterRevisions() throws IOException {
        BackupSummary made = write(Optional.empty());
        assertThat(Files.getPosixFilePermissions(file)).isEqualTo(PosixFilePermissions.fromString("rw-------"));
        assertThat(made.state().revision()).isEqualTo(3);

        BackupSummary restored = restore(Optional.empty());

        assertThat(restored).isEqualTo(made);
        assertThat(restored.cluster()).contains(old.cluster());
        assertThat(restored.taken()).contains(Fixture.NOON);
        assertThat(fresh.clusterRecord())
                .hasSameTextualContentAs(old.directory().clusterRecord());
        assertThat(fresh.pki().resolve("ca.key")).content().isEqualTo("the authority's key");
        assertThat(fresh.pki().resolve("etcd/ca.crt")).content().isEqualTo("another's certificate");
        assertThat(fresh.pki().resolve("sa.key.new")).doesNotExist();
        assertThat(fresh.control().resolve("restored/0")).hasSameTextualContentAs(old.keys());
        assertPrivate(fresh.control());
        try (EmbeddedStore store = Stores.embedded(fresh.store(), time)) {
            assertThat(store.revision()).isEqualTo(1003);
            assertThat(store.compactedRevision()).isEqualTo(1003);
            assertThat(store.range(RangeQuery.of(Key.of("/registry/a"))).entries())
                    .singleElement()
                    .satisfies(entry -> assertThat(entry.version()).isEqualTo(2));
        }
    }

    @Test
    void keysThatLieElsewhereOrHaveOddNamesAreInItToo() throws IOException {
        Path elsewhere = Files.writeString(root.resolve("front-proxy-ca.key"), "a key that lies elsewhere");
        Files.createSymbolicLink(old.directory().pki().resolve("front-proxy-ca.key"), elsewhere);
        Files.writeString(old.directory().pki().resolve(".my key~"), "left by an editor");

        write(Optional.empty());
        restore(Optional.empty());

        assertThat(fresh.pki().resolve("front-proxy-ca.key")).content().isEqualTo("a key that lies elsewhere");
        assertThat(fresh.pki().resolve(".my key~")).exists();
    }

    @Test
    void aBackupThatNamesAPlaceOutsideIsRefused() throws IOException {
        for (String name : List.of("pki/../../x", "/etc/x", "pki//x", "..", "pki/.", "pki/a\nb")) {
            var bytes = new ByteArrayOutputStream();
            var archive = new ArchiveWriter(bytes);
            archive.file(name, new byte[1]);
            archive.finish();
            Files.write(file, bytes.toByteArray());

            assertRefused(BackupFault.Altered.class, () -> restore(Optional.empty()));
        }
    }

    @Test
    void anEncryptedBackupNeedsItsPassphrase() throws IOException {
        write(Optional.of(SECRET));
        assertThat(Files.readString(file, StandardCharsets.ISO_8859_1)).doesNotContain("authority", "registry");

        assertRefused(BackupFault.PassphraseMissing.class, () -> restore(Optional.empty()));
        assertRefused(BackupFault.WrongPassphrase.class, () -> restore(Optional.of(Passphrase.of("guess"))));
        restore(Optional.of(SECRET));
        assertThat(fresh.pki().resolve("ca.key")).exists();
    }

    @Test
    void aDamagedFileIsRefusedBeforeAnythingIsWritten() throws IOException {
        write(Optional.empty());
        byte[] whole = Files.readAllBytes(file);
        var random = new Random(1);
        for (int i = 0; i < 60; i++) {
            byte[] flipped = whole.clone();
            int place = i < 30 ? i : random.nextInt(whole.length);
            flipped[place] ^= (byte) (1 << random.nextInt(8));
            Files.write(file, flipped);
            assertRefused(
                    place < Framing.MAGIC_LENGTH ? BackupFault.NotABackup.class : BackupFault.Altered.class,
                    () -> restore(Optional.empty()));

            Files.write(file, Arrays.copyOf(whole, place));
            assertRefused(BackupFault.Truncated.class, () -> restore(Optional.empty()));
        }
    }

    @Test
    void aDamagedEncryptedFileIsRefusedToo() throws IOException {
        write(Optional.of(SECRET));
        byte[] whole = Files.readAllBytes(file);
        for (int place : new int[] {30, whole.length / 2}) {
            byte[] flipped = whole.clone();
            flipped[place] ^= 4;
            Files.write(file, flipped);
            assertRefused(BackupFault.Altered.class, () -> restore(Optional.of(SECRET)));
        }
        Files.write(file, Arrays.copyOf(whole, whole.length - 1));
        assertRefused(BackupFault.Truncated.class, () -> restore(Optional.of(SECRET)));
    }

    @Test
    void whatIsNoBackupIsSaidToBeNone() throws IOException {
        Files.writeString(file, "apiVersion: v1\nkind: ConfigMap\n");
        assertRefused(BackupFault.NotABackup.class, () -> restore(Optional.empty()));
        Files.writeString(file, "");
        assertRefused(BackupFault.Truncated.class, () -> restore(Optional.empty()));
    }

    @Test
    void aControlPlaneThatIsThereStays() throws IOException {
        write(Optional.empty());
        Files.createDirectories(fresh.pki());
        Files.writeString(fresh.pki().resolve("ca.key"), "mine");

        assertThatThrownBy(() -> restore(Optional.empty()))
                .isInstanceOf(CommandFailure.class)
                .hasMessageContaining("is not empty");
        assertThat(fresh.pki().resolve("ca.key")).content().isEqualTo("mine");
        assertThat(fresh.store()).doesNotExist();
    }

    @Test
    void theNodeOfTheSameClusterStaysAndThatOfAnotherIsNotTaken() throws IOException {
        write(Optional.empty());
        Files.createDirectories(fresh.node());
        Files.writeString(
                fresh.clusterRecord(),
                Files.readString(old.directory().clusterRecord()).replace("6443", "7443"));
        restore(Optional.empty());
        assertThat(fresh.clusterRecord()).content().contains("7443");
        assertThat(fresh.node()).exists();

        fresh = new DataDirectory(root.resolve("other"));
        Files.createDirectories(fresh.root());
        Files.writeString(
                fresh.clusterRecord(),
                Files.readString(old.directory().clusterRecord()).replace("abc123", "def456"));
        assertThatThrownBy(() -> restore(Optional.empty()))
                .isInstanceOf(CommandFailure.class)
                .hasMessageContaining("belongs to cluster def456 and the backup is of cluster abc123");
        assertThat(fresh.control()).doesNotExist();
    }

    @Test
    void whatEtcdctlSavedRestoresWithoutKeys() throws IOException {
        try (EmbeddedStore store = Fixture.store(time, 1000)) {
            var bytes = new ByteArrayOutputStream();
            Snapshots.write(store, "abc123", bytes);
            Files.write(file, bytes.toByteArray());
        }
        BackupSummary restored = restore(Optional.empty());

        assertThat(restored.isWhole()).isFalse();
        assertThat(restored.state().cluster()).isEqualTo("abc123");
        assertThat(fresh.pki()).doesNotExist();
        try (EmbeddedStore store = Stores.embedded(fresh.store(), time)) {
            assertThat(store.revision()).isEqualTo(1003);
        }
    }

    @Test
    void aFileThatWouldLieElsewhereIsRefused() throws IOException {
        for (String name : new String[] {"../../etc/passwd", "/etc/passwd", "pki/../../x", "pki//x", "pki/\0"}) {
            var bytes = new ByteArrayOutputStream();
            var archive = new ArchiveWriter(bytes);
            archive.file(name, new byte[1]);
            archive.finish();
            Files.write(file, bytes.toByteArray());
            assertRefused(BackupFault.Altered.class, () -> restore(Optional.empty()));
        }
    }

    private BackupSummary write(Optional<Passphrase> passphrase) throws IOException {
        byte[] backup = old.backup(time, 100_000);
        return BackupFile.write(file, passphrase, out -> out.write(backup));
    }

    private BackupSummary restore(Optional<Passphrase> passphrase) throws IOException {
        return new Restoration(fresh, time).restore(file, passphrase, 1000);
    }

    private void assertRefused(Class<? extends BackupFault> fault, ThrowingCallable call) throws IOException {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        BackupException.class, e -> assertThat(e.fault()).isInstanceOf(fault));
        try (Stream<Path> left = Files.list(fresh.root())) {
            assertThat(left).isEmpty();
        }
    }

    private static void assertPrivate(Path control) throws IOException {
        try (Stream<Path> files = Files.walk(control)) {
            assertThat(files.filter(path -> !path.startsWith(control.resolve("store"))))
                    .allSatisfy(path -> assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                            .endsWith("------"));
        }
    }
}
