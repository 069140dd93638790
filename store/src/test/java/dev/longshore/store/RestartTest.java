package dev.longshore.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.longshore.base.ManualTime;
import dev.longshore.store.Txn.Operation;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a store on disk still knows when it is opened again.
class RestartTest {

    private static final KeyRange ALL = KeyRange.prefix(Key.of(""));

    @TempDir
    Path root;

    private final ManualTime time = new ManualTime();

    @Test
    void keepsRevisionsHistoryAndCompaction() throws InterruptedException {
        try (Store store = open()) {
            put(store, "a", "1");
            put(store, "a", "2");
            store.commit(Txn.of(new Operation.Delete(Key.of("a"))));
            put(store, "b", "1");
            store.compact(3);
        }
        try (Store store = open()) {
            assertThat(store.revision()).isEqualTo(5);
            assertThat(store.compactedRevision()).isEqualTo(3);
            assertThat(show(store, 3)).containsExactly("a=2");
            assertThat(show(store, 5)).containsExactly("b=1");
            try (Watcher watcher = store.watch(new WatchQuery(ALL, 3, true))) {
                assertThat(StoreContract.events(watcher, 3)).containsExactly("3 a=2", "4 -a", "5 b=1");
            }
            assertThat(put(store, "c", "1")).isEqualTo(6);
        }
    }

    @Test
    void neverGivesARevisionOutAgainEvenWhenNothingOfItIsLeft() {
        try (Store store = open()) {
            put(store, "a", "1");
            store.commit(Txn.of(new Operation.Delete(Key.of("a"))));
            put(store, "b", "1");
            store.commit(Txn.of(new Operation.Delete(Key.of("b"))));
            store.compact(5);
        }
        try (Store store = open()) {
            assertThat(put(store, "c", "1")).isEqualTo(6);
        }
    }

    @Test
    void givesLeasesTheirFullTimeAgain() {
        try (Store store = open()) {
            store.grant(7, Duration.ofSeconds(10));
            store.commit(Txn.of(new Operation.Put(Key.of("a"), "x".getBytes(StandardCharsets.UTF_8), 7, false)));
            time.advance(Duration.ofSeconds(9));
        }
        time.advance(Duration.ofMinutes(1));
        try (Store store = open()) {
            assertThat(show(store, 0)).containsExactly("a=x");
            time.advance(Duration.ofSeconds(9));
            assertThat(show(store, 0)).containsExactly("a=x");
            time.advance(Duration.ofSeconds(1));
            assertThat(show(store, 0)).isEmpty();
        }
    }

    @Test
    void hasEveryAcknowledgedWriteAfterAKill() throws Exception {
        Path output = Files.createFile(root.resolve("acknowledged"));
        Process writer = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElseThrow(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        "--enable-native-access=ALL-UNNAMED",
                        RelentlessWriter.class.getName(),
                        root.resolve("store").toString())
                .redirectOutput(output.toFile())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            await().atMost(Duration.ofSeconds(20))
                    .pollInterval(Duration.ofMillis(20))
                    .until(() -> Files.size(output) > 10_000);
        } finally {
            writer.destroyForcibly();
        }
        assertThat(writer.waitFor(10, TimeUnit.SECONDS)).isTrue();

        // Half a line may end the output: only whole ones were promised.
        List<String> acknowledged = Files.readAllLines(output).stream()
                .filter(line -> line.endsWith("."))
                .toList();
        try (Store store = open()) {
            List<String> found = show(store, 0);
            assertThat(acknowledged).hasSizeGreaterThan(500);
            assertThat(found).containsAll(acknowledged);
            assertThat(store.revision()).isEqualTo(found.size() + 1L);
        }
    }

    private EmbeddedStore open() {
        return Stores.embedded(root.resolve("store"), 0, time);
    }

    private static long put(Store store, String key, String value) {
        return store.commit(Txn.of(new Operation.Put(Key.of(key), value.getBytes(StandardCharsets.UTF_8))))
                .revision();
    }

    private static List<String> show(Store store, long revision) {
        return store.range(new RangeQuery(ALL, revision, 0, false, false)).entries().stream()
                .map(StoreContract::text)
                .toList();
    }
}
