package dev.longshore.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.base.ManualTime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Random;
import java.util.stream.Stream;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Files that were cut off or have a flipped bit: `check` names them, and a start refuses what it meets.
class DamagedStoreTest {

    @TempDir
    Path root;

    private final ManualTime time = new ManualTime();
    private Path directory;

    @BeforeEach
    void fill() {
        directory = root.resolve("store");
        var random = new Random(1);
        try (EmbeddedStore store = open()) {
            for (int i = 0; i < 40; i++) {
                put(store, "table-" + i, random, 20_000);
            }
            store.defragment();
            for (int i = 0; i < 40; i++) {
                put(store, "log-" + i, random, 2_000);
            }
        }
    }

    @Test
    void aStoreThatIsWellIsFoundSoAndStaysAsItIs() throws IOException {
        StoreReport report = Stores.check(directory, time);

        assertThat(report.findings()).isEmpty();
        assertThat(report.revision()).isEqualTo(81);
        assertThat(report.keys()).isEqualTo(80);
        assertThat(report.versions()).isEqualTo(80);
        assertThat(report.bytes()).isGreaterThan(800_000);
        try (EmbeddedStore store = open()) {
            assertThat(store.revision()).isEqualTo(81);
        }
    }

    @Test
    void nobodyElseLooksIntoTheDirectoryAlsoWhereAnOlderProgramHadMadeIt() throws IOException {
        assertThat(Files.getPosixFilePermissions(directory)).hasSize(3);
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));

        open().close();

        assertThat(Files.getPosixFilePermissions(directory)).isEqualTo(PosixFilePermissions.fromString("rwx------"));
    }

    @Test
    void aKilledWritersHalfRecordIsNoDamage() throws IOException {
        try (EmbeddedStore store = open()) {
            put(store, "last", new Random(2), 10);
        }
        Path log = file(".log");
        byte[] bytes = Files.readAllBytes(log);
        // As if another record had been begun: a head that promises more than there is.
        byte[] longer = Arrays.copyOf(bytes, bytes.length + 20);
        System.arraycopy(bytes, 0, longer, bytes.length, 20);
        longer[bytes.length + 5] = 1;
        Files.write(log, longer);

        assertThat(Stores.check(directory, time).findings()).isEmpty();
        try (EmbeddedStore store = open()) {
            assertThat(store.revision()).isEqualTo(82);
        }
    }

    @Test
    void aTableThatAKilledWriterHadBegunIsNoDamage() throws IOException {
        Files.createFile(directory.resolve("999999.sst"));

        assertThat(Stores.check(directory, time).findings()).isEmpty();
        try (EmbeddedStore store = open()) {
            assertThat(store.revision()).isEqualTo(81);
        }
    }

    @Test
    void aFlippedBitInALogIsFoundAndRefused() throws IOException {
        Path log = file(".log");
        flip(log, Files.size(log) / 2);

        assertFound(log, "does not fit its checksum");
        assertRefused();
    }

    @Test
    void aLogThatLostItsEndIsFoundAndRefused() throws IOException {
        Path log = file(".log");
        Files.write(log, Arrays.copyOf(Files.readAllBytes(log), (int) Files.size(log) / 2));

        assertThat(Stores.check(directory, time).findings())
                .anyMatch(finding -> finding.contains("revision 81 was acknowledged"));
        assertRefused();
    }

    @Test
    void aLogThatIsGoneIsFoundAndRefused() throws IOException {
        Files.delete(file(".log"));

        assertThat(Stores.check(directory, time).findings()).isNotEmpty();
        assertRefused();
    }

    @Test
    void aFlippedBitInATableIsFound() throws IOException {
        Path table = file(".sst");
        flip(table, Files.size(table) / 3);

        assertFound(table, "is damaged");
    }

    @Test
    void aValueThatDoesNotFitItsChecksumIsNotServed() throws IOException {
        Path table = file(".sst");
        // Of all that lies in tables, values take the most by far.
        flip(table, Files.size(table) / 2);
        try (EmbeddedStore store = open()) {
            StoreContract.assertFault(
                    StoreFault.Damaged.class, () -> store.range(RangeQuery.of(KeyRange.prefix(Key.of("table-")))));
            assertThat(store.range(RangeQuery.of(KeyRange.prefix(Key.of("log-"))))
                            .count())
                    .isEqualTo(40);
        }
    }

    @Test
    void aTableThatIsCutOffIsFoundAndRefused() throws IOException {
        Path table = file(".sst");
        Files.write(table, Arrays.copyOf(Files.readAllBytes(table), (int) Files.size(table) - 1000));

        assertFound(table, "is damaged");
        assertRefused();
    }

    @Test
    void aTableThatIsGoneIsFoundAndRefused() throws IOException {
        Path table = file(".sst");
        Files.delete(table);

        assertThat(Stores.check(directory, time).findings())
                .anyMatch(finding -> finding.contains(table.getFileName().toString()));
        assertRefused();
    }

    @Test
    void aDamagedManifestIsFoundAndRefused() throws IOException {
        Path manifest = newest("MANIFEST-", "");
        flip(manifest, Files.size(manifest) / 2);

        assertFound(manifest, "does not fit its checksum");
        assertRefused();
    }

    @Test
    void withoutCurrentNoNewStoreIsBegunBesideTheOld() throws IOException {
        Files.delete(directory.resolve("CURRENT"));

        assertThat(Stores.check(directory, time).findings()).contains("the file CURRENT is missing");
        assertRefused();
        assertThat(file(".sst")).exists();
    }

    @Test
    void recordsThatDoNotFitTogetherAreFound() throws IOException {
        try (var backend = new RocksBackend(directory, 0, time)) {
            var writes = new Backend.Writes();
            writes.delete(Records.valueKey(Version.stored(2, 0, 2, 1, 0)));
            Version odd = Version.stored(60, 7, 60, 9, 0);
            writes.put(Records.indexKey(odd), Records.encode(Key.of("table-3"), odd));
            writes.put(Records.valueKey(odd), new byte[1]);
            writes.put(Records.valueKey(Version.stored(60, 8, 60, 1, 0)), new byte[1]);
            backend.write(writes, true);
        }
        assertThat(Stores.check(directory, time).findings())
                .containsExactlyInAnyOrder(
                        "the value of revision 2.0 is missing",
                        "table-3 has version 9 at revision 60, which does not follow version 1 at revision 5",
                        "1 values belong to no version");
    }

    private void assertFound(Path file, String what) throws IOException {
        String name = file.getFileName().toString();
        assertThat(Stores.check(directory, time).findings())
                .anyMatch(finding -> finding.startsWith(name) && finding.contains(what));
    }

    private void assertRefused() {
        assertThatThrownBy(() -> open().close())
                .isInstanceOfSatisfying(
                        StoreException.class,
                        e -> Assertions.assertThat(e.fault()).isInstanceOf(StoreFault.Damaged.class));
    }

    private EmbeddedStore open() {
        return Stores.embedded(directory, 0, time);
    }

    private Path file(String suffix) throws IOException {
        return newest("", suffix);
    }

    private Path newest(String prefix, String suffix) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.getFileName().toString().startsWith(prefix)
                            && file.getFileName().toString().endsWith(suffix))
                    .filter(file -> file.toFile().length() > 0)
                    .max(Comparator.naturalOrder())
                    .orElseThrow();
        }
    }

    private static void flip(Path file, long place) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        bytes[(int) place] ^= 1;
        Files.write(file, bytes);
    }

    private static void put(Store store, String key, Random random, int size) {
        byte[] value = new byte[size];
        random.nextBytes(value);
        store.commit(Txn.of(new Txn.Operation.Put(Key.of(key), value)));
    }
}
