package dev.longshore.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.longshore.base.ManualTime;
import dev.longshore.store.Txn.Operation;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A file system of its own on a loop device, which the kernel makes read-only as it does when a disk fails. Needs the
/// right to mount.
class ReadOnlyDiskTest {

    private static final KeyRange ALL = KeyRange.prefix(Key.of(""));

    @TempDir
    Path root;

    private final ManualTime time = new ManualTime();
    private Path image;
    private Path disk;

    @BeforeEach
    void mount() throws Exception {
        image = root.resolve("image");
        disk = Files.createDirectory(root.resolve("disk"));
        boolean mounted = run("truncate", "-s", "96M", image.toString())
                && run("mkfs.ext4", "-q", "-F", image.toString())
                && mount("errors=remount-ro");
        assumeTrue(mounted || "true".equals(System.getenv("CI")), "cannot mount a file system of its own");
        assertThat(mounted).isTrue();
    }

    @AfterEach
    void unmount() throws Exception {
        run("umount", disk.toString());
    }

    @Test
    void aDiskThatTurnsReadOnlyRefusesWritesKeepsReadingAndHasLostNothing() throws Exception {
        Path directory = disk.resolve("store");
        try (Store store = Stores.embedded(directory, 0, time)) {
            put(store, "first");
            put(store, "second");
            fail();

            assertThatThrownBy(() -> put(store, "third"))
                    .isInstanceOfSatisfying(
                            StoreException.class,
                            refused -> assertThat(refused.fault()).isInstanceOf(StoreFault.ReadOnly.class));
            assertThat(keys(store)).containsExactly("first", "second");
        }
        assertThat(run("umount", disk.toString())).isTrue();
        assertThat(mount("errors=remount-ro")).isTrue();
        try (Store store = Stores.embedded(directory, 0, time)) {
            assertThat(keys(store)).containsExactly("first", "second");
            put(store, "third");
            assertThat(keys(store)).containsExactly("first", "second", "third");
        }
    }

    @Test
    void aStoreOnAReadOnlyDiskIsNotOpened() throws Exception {
        Path directory = disk.resolve("store");
        try (Store store = Stores.embedded(directory, 0, time)) {
            put(store, "first");
        }
        assertThat(run("mount", "-o", "remount,ro", disk.toString())).isTrue();

        assertThatThrownBy(() -> Stores.embedded(directory, 0, time).close())
                .isInstanceOf(StoreException.class)
                .hasMessageContainingAll("ead-only", directory.toString());
        assertThat(run("mount", "-o", "remount,rw", disk.toString())).isTrue();
        try (Store store = Stores.embedded(directory, 0, time)) {
            assertThat(keys(store)).containsExactly("first");
        }
    }

    /// Tells the file system that its disk has failed.
    private void fail() throws IOException, InterruptedException {
        var found = new ProcessBuilder("findmnt", "-n", "-o", "SOURCE", disk.toString()).start();
        String device = new String(found.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        assertThat(found.waitFor()).isZero();
        Files.writeString(
                Path.of("/sys/fs/ext4", Path.of(device).getFileName().toString(), "trigger_fs_error"),
                "a disk that fails");
    }

    private boolean mount(String options) throws IOException, InterruptedException {
        return run("mount", "-o", "loop," + options, image.toString(), disk.toString());
    }

    private static boolean run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        return process.waitFor(30, TimeUnit.SECONDS) && process.exitValue() == 0;
    }

    private static void put(Store store, String key) {
        store.commit(Txn.of(new Operation.Put(Key.of(key), new byte[1000])));
    }

    private static List<String> keys(Store store) {
        return store.range(RangeQuery.of(ALL)).entries().stream()
                .map(entry -> entry.key().toString())
                .toList();
    }
}
