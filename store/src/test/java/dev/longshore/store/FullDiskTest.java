package dev.longshore.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.longshore.base.ManualTime;
import dev.longshore.store.Txn.Operation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A file system of 48 MiB, really full. Needs the right to mount.
class FullDiskTest {

    private static final KeyRange ALL = KeyRange.prefix(Key.of(""));

    @TempDir
    Path root;

    private final ManualTime time = new ManualTime();
    private Path disk;

    @BeforeEach
    void mount() throws Exception {
        disk = Files.createDirectory(root.resolve("disk"));
        boolean mounted = run("mount", "-t", "tmpfs", "-o", "size=48m", "longshore-store-test", disk.toString());
        assumeTrue(mounted || "true".equals(System.getenv("CI")), "cannot mount a small file system");
        assertThat(mounted).isTrue();
    }

    @AfterEach
    void unmount() throws Exception {
        run("umount", disk.toString());
    }

    @Test
    void aFullDiskRefusesWritesKeepsReadingAndRecovers() throws IOException {
        try (Store store = Stores.embedded(disk.resolve("store"), 0, time)) {
            put(store, "first");
            Path ballast = fillUpTo(3 << 20);
            List<String> written = writeUntilRefused(store);

            assertThat(keys(store)).contains("first").containsAll(written);
            long before = store.revision();
            assertThat(before).isEqualTo(written.size() + 2L);

            Files.delete(ballast);
            time.advance(Duration.ofSeconds(2));
            put(store, "last");
            assertThat(store.revision()).isEqualTo(before + 1);
        }
        try (Store store = Stores.embedded(disk.resolve("store"), 0, time)) {
            assertThat(keys(store)).contains("first", "last");
        }
    }

    @Test
    void aReserveIsLeftAlone() throws IOException {
        try (Store store = Stores.embedded(disk.resolve("store"), 8 << 20, time)) {
            Path ballast = fillUpTo(4 << 20);
            StoreContract.assertFault(StoreFault.NoSpace.class, () -> put(store, "a"));

            Files.delete(ballast);
            time.advance(Duration.ofSeconds(2));
            assertThat(put(store, "a")).isEqualTo(2);
        }
    }

    /// Leaves `free` bytes, after what RocksDB has allocated ahead.
    private Path fillUpTo(int free) throws IOException {
        int size = (int) Files.getFileStore(disk).getUsableSpace() - free;
        return Files.write(disk.resolve("ballast"), new byte[size]);
    }

    private static List<String> writeUntilRefused(Store store) {
        var written = new ArrayList<String>();
        for (int i = 0; i < 1000; i++) {
            try {
                put(store, "k" + i);
                written.add("k" + i);
            } catch (StoreException e) {
                assertThat(e.fault()).isInstanceOf(StoreFault.NoSpace.class);
                return written;
            }
        }
        throw new AssertionError("the disk never filled");
    }

    private static long put(Store store, String key) {
        byte[] value = new byte[100_000];
        new Random(1).nextBytes(value);
        return store.commit(Txn.of(new Operation.Put(Key.of(key), value))).revision();
    }

    private static List<String> keys(Store store) {
        return store.range(RangeQuery.of(ALL)).entries().stream()
                .map(entry -> entry.key().toString())
                .toList();
    }

    private static boolean run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        return process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0;
    }
}
