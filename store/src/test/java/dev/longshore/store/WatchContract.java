package dev.longshore.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.base.Time;
import dev.longshore.store.Txn.Operation;
import dev.longshore.store.Watcher.Batch;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/// Watches.
abstract class WatchContract extends StoreContract {

    WatchContract(Function<Time, ? extends Store> engine) {
        super(engine);
    }

    @Test
    void seesWhatComesAfterNow() throws InterruptedException {
        put("a", "old");
        try (Watcher watcher = watch("", 0)) {
            put("a", "1");
            delete("a");

            assertThat(events(watcher, 2)).containsExactly("3 a=1", "4 -a");
        }
    }

    @Test
    void replaysHistoryThenGoesOnLive() throws InterruptedException {
        put("a", "1");
        put("b", "2");
        put("a", "3");
        try (Watcher watcher = watch("a", 2)) {
            assertThat(events(watcher, 2)).containsExactly("2 a=1", "4 a=3");
            put("a", "5");
            assertThat(events(watcher, 1)).containsExactly("5 a=5");
        }
    }

    @Test
    void mayStartInTheFuture() throws InterruptedException {
        try (Watcher watcher = watch("", 4)) {
            put("a", "2");
            put("a", "3");
            put("a", "4");

            assertThat(events(watcher, 1)).containsExactly("4 a=4");
        }
    }

    @Test
    void seesOnlyItsRange() throws InterruptedException {
        try (Watcher watcher = store.watch(new WatchQuery(KeyRange.single(key("b")), 0, false))) {
            put("a", "1");
            put("b", "2");
            put("bb", "3");
            put("b", "4");

            assertThat(events(watcher, 2)).containsExactly("3 b=2", "5 b=4");
        }
    }

    @Test
    void carriesThePreviousVersionWhenAsked() throws InterruptedException {
        put("a", "1");
        put("a", "2");
        delete("a");
        try (Watcher replay = store.watch(new WatchQuery(prefix(""), 2, true))) {
            List<Watcher.Event> events = replay.next(SOON).orElseThrow().events();
            assertThat(events.get(0).previous()).isEmpty();
            assertThat(events.get(1).previous().map(StoreContract::text)).contains("a=1");
            assertThat(events.get(2).previous().map(StoreContract::text)).contains("a=2");

            put("a", "3");
            assertThat(replay.next(SOON).orElseThrow().events().getFirst().previous())
                    .isEmpty();
        }
    }

    @Test
    void neverSplitsARevision() throws InterruptedException {
        try (Watcher watcher = watch("", 0)) {
            store.commit(Txn.of(
                    new Operation.Put(key("c"), bytes("1")),
                    new Operation.Put(key("a"), bytes("2")),
                    new Operation.Put(key("b"), bytes("3"))));

            Batch batch = watcher.next(SOON).orElseThrow();

            assertThat(batch.revision()).isEqualTo(2);
            assertThat(batch.events()).extracting(StoreContract::line).containsExactly("2 c=1", "2 a=2", "2 b=3");
        }
    }

    @Test
    void reportsProgressWhereNothingMatches() throws InterruptedException {
        try (Watcher watcher = watch("a", 0)) {
            assertThat(watcher.next(Duration.ZERO)).isEmpty();
            put("b", "1");
            put("b", "2");

            assertThat(watcher.next(Duration.ZERO)).contains(new Batch(3, List.of()));
            assertThat(watcher.next(Duration.ZERO)).isEmpty();
        }
    }

    @Test
    void aWatcherThatDoesNotReadLosesNothing() throws InterruptedException {
        int many = RevisionWatcher.QUEUE_LIMIT * 2;
        try (Watcher watcher = watch("k", 0)) {
            var expected = new ArrayList<String>();
            for (int i = 0; i < many; i += 64) {
                var puts = new Operation[64];
                for (int j = 0; j < 64; j++) {
                    puts[j] = new Operation.Put(key("k" + (i + j)), bytes("v"));
                    expected.add((2 + i / 64) + " k" + (i + j) + "=v");
                }
                store.commit(Txn.of(puts));
            }

            assertThat(events(watcher, many)).isEqualTo(expected);
            put("k", "live");
            assertThat(events(watcher, 1)).containsExactly((3 + (many - 1) / 64) + " k=live");
        }
    }

    @Test
    void anIdleWatcherThatFallsBehindAfterACompactionLosesNothing() throws InterruptedException {
        int many = RevisionWatcher.QUEUE_LIMIT * 2;
        try (Watcher watcher = watch("k", 0)) {
            // Who asks an engine elsewhere is followed only when that has begun.
            put("k", "first");
            assertThat(events(watcher, 1)).containsExactly("2 k=first");
            put("other", "1");
            put("other", "2");
            put("other", "3");
            store.compact(4);
            var expected = new ArrayList<String>();
            for (int i = 0; i < many; i += 64) {
                var puts = new Operation[64];
                for (int j = 0; j < 64; j++) {
                    puts[j] = new Operation.Put(key("k" + (i + j)), bytes("v"));
                    expected.add((6 + i / 64) + " k" + (i + j) + "=v");
                }
                store.commit(Txn.of(puts));
            }

            assertThat(events(watcher, many)).isEqualTo(expected);
        }
    }

    @Test
    void aWatcherOfOneKeyLosesNothingOfManyWriters() throws InterruptedException {
        int many = RevisionWatcher.QUEUE_LIMIT * 2;
        try (Watcher watcher = store.watch(new WatchQuery(KeyRange.single(key("k")), 0, false))) {
            var writers = new ArrayList<Thread>();
            for (int i = 0; i < 128; i++) {
                writers.add(Thread.ofVirtual().start(() -> {
                    for (int j = 0; j < many / 128; j++) {
                        put("k", "v");
                    }
                }));
            }
            for (Thread writer : writers) {
                writer.join();
            }
            var expected = new ArrayList<String>();
            for (int i = 0; i < many; i++) {
                expected.add((2 + i) + " k=v");
            }

            assertThat(events(watcher, many)).isEqualTo(expected);
        }
    }

    @Test
    void watchersThatJoinWhileWritersWriteSeeEachRevisionOnce() throws Exception {
        int writes = 300;
        Thread writer = Thread.ofVirtual().start(() -> {
            for (int i = 0; i < writes; i++) {
                put("k", "v" + i);
            }
        });
        var seen = new ArrayList<CompletableFuture<List<String>>>();
        for (int w = 0; w < 8; w++) {
            var result = new CompletableFuture<List<String>>();
            seen.add(result);
            Thread.ofVirtual().start(() -> {
                try (Watcher watcher = watch("k", 2)) {
                    result.complete(events(watcher, writes));
                } catch (InterruptedException | RuntimeException | AssertionError e) {
                    result.completeExceptionally(e);
                }
            });
        }
        writer.join();

        var expected = new ArrayList<String>();
        for (int i = 0; i < writes; i++) {
            expected.add((2 + i) + " k=v" + i);
        }
        for (var result : seen) {
            assertThat(result.join()).isEqualTo(expected);
        }
    }

    @Test
    void closingWakesTheReader() throws Exception {
        Watcher watcher = watch("", 0);
        var failure = new CompletableFuture<Throwable>();
        Thread reader = Thread.ofVirtual().start(() -> {
            try {
                watcher.next(Duration.ofMinutes(1));
                failure.complete(new AssertionError("nothing thrown"));
            } catch (InterruptedException | StoreException e) {
                failure.complete(e);
            }
        });

        watcher.close();
        reader.join();

        assertThat(failure.join())
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.fault()).isInstanceOf(StoreFault.Closed.class));
    }

    @Test
    void closingTheStoreEndsWatchesAndRefusesWrites() throws InterruptedException {
        Watcher watcher = watch("", 0);
        store.close();

        assertFault(StoreFault.Closed.class, () -> watcher.next(SOON));
        assertFault(StoreFault.Closed.class, () -> put("a", "1"));
        var again = new CompletableFuture<Void>();
        Thread.ofVirtual()
                .start(() ->
                        CompletableFuture.runAsync(store::close, Runnable::run).thenAccept(again::complete))
                .join();
        assertThat(again).isCompleted();
    }

    private Watcher watch(String prefix, long from) {
        return store.watch(new WatchQuery(prefix(prefix), from, false));
    }
}
