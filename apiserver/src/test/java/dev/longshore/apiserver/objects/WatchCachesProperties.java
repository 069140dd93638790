package dev.longshore.apiserver.objects;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.longshore.base.Time;
import dev.longshore.model.FieldPath;
import dev.longshore.store.Key;
import dev.longshore.store.RangeQuery;
import dev.longshore.store.Store;
import dev.longshore.store.Stores;
import dev.longshore.store.Txn;
import dev.longshore.store.WatchQuery;
import dev.longshore.store.Watcher;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/// What many watchers see while many writers write, held against the store's own history.
class WatchCachesProperties {

    private static final Keys PODS = new Keys("pods", true);
    private static final FieldPath NODE = FieldPath.of("spec.node");
    private static final List<FieldPath> INDEXES = List.of(NODE);
    private static final int WRITERS = 3;
    private static final int WRITES = 120;
    private static final int WATCHERS = 24;
    private static final Duration LIMIT = Duration.ofSeconds(30);

    @Property(tries = 25)
    void noEventIsLostDoubledOrReordered(@ForAll long seed) throws Exception {
        // Small limits, so that watchers fall off the ring and out of their queues.
        var limits = new CacheLimits(40, 4_000, 60, 6_000);
        var random = new Random(seed);
        try (var store = Stores.inMemory(Time.system());
                var threads = Executors.newVirtualThreadPerTaskExecutor();
                // Closed first: that ends whoever still watches.
                var caches = new WatchCaches(store, limits)) {
            write(store, new Random(seed), 60);
            caches.newest(PODS, INDEXES);
            var written = new CountDownLatch(WRITERS);
            for (int i = 0; i < WRITERS; i++) {
                long own = seed + 1 + i;
                threads.execute(() -> {
                    try {
                        write(store, new Random(own), WRITES);
                    } finally {
                        written.countDown();
                    }
                });
            }
            var watching = new ArrayList<Watching>();
            for (int i = 0; i < WATCHERS; i++) {
                var watcher = new Watching(caches, random, random.nextLong(1, store.revision() + 10), written);
                watcher.result = threads.submit(watcher::run);
                watching.add(watcher);
            }
            assertThat(written.await(LIMIT.toSeconds(), TimeUnit.SECONDS))
                    .as("all is written")
                    .isTrue();
            List<Watcher.Event> history = history(store);
            for (Watching watcher : watching) {
                check(watcher.finish(store.revision()), history);
            }
        }
    }

    @Property(tries = 25)
    void everyRememberedStateIsTheStoresOwn(@ForAll long seed) throws InterruptedException {
        var limits = new CacheLimits(50, 1 << 20, 10, 1 << 20);
        try (var store = Stores.inMemory(Time.system());
                var caches = new WatchCaches(store, limits)) {
            write(store, new Random(seed), 20);
            caches.newest(PODS, INDEXES);
            write(store, new Random(seed + 1), 100);
            Snapshot newest =
                    caches.notOlder(PODS, INDEXES, store.revision(), LIMIT).orElseThrow();
            long remembered = 0;
            for (long revision = 2; revision <= newest.revision(); revision++) {
                Optional<Snapshot> state = caches.at(PODS, INDEXES, revision);
                if (state.isPresent()) {
                    remembered++;
                    assertThat(state.get().revision()).isEqualTo(revision);
                    assertThat(contents(state.get())).isEqualTo(stored(store, revision));
                    assertThat(ofNode(state.get(), "n1"))
                            .isEqualTo(contents(state.get()).stream()
                                    .filter(text -> text.contains("\"n1\""))
                                    .toList());
                }
            }
            assertThat(remembered).isBetween(45L, 110L);
            assertThat(caches.at(PODS, INDEXES, newest.revision() + 1)).isEmpty();
        }
    }

    /// @param upTo everything up to this revision was told
    private record Seen(long after, Interest interest, List<String> events, long upTo) {}

    /// A watcher, quick or slow.
    private static final class Watching {
        private final long after;
        private final Interest interest;
        private final boolean isSlow;
        private final CountDownLatch written;
        private final Subscription subscription;
        private volatile long wanted = Long.MAX_VALUE;
        private Future<Seen> result;

        Watching(WatchCaches caches, Random random, long after, CountDownLatch written) {
            this.after = after;
            this.interest = interest(random);
            this.isSlow = random.nextInt(3) == 0;
            this.written = written;
            this.subscription = caches.subscribe(PODS, INDEXES, interest, after);
        }

        Seen run() throws InterruptedException {
            var events = new ArrayList<String>();
            try (subscription) {
                while (true) {
                    for (Signal signal : subscription.next()) {
                        switch (signal) {
                            case Signal.Changed(Change change) -> events.add(shown(change));
                            case Signal.Progress(long revision) -> {
                                if (revision >= wanted) {
                                    return new Seen(after, interest, events, revision);
                                }
                            }
                            case Signal.Ended(var why) -> {
                                assertThat(why).isPresent();
                                return new Seen(after, interest, events, lastOf(events));
                            }
                        }
                    }
                    if (isSlow) {
                        written.await();
                    }
                }
            }
        }

        /// Asks for progress until it is far enough: one that reads history answers only when it is live.
        Seen finish(long revision) throws Exception {
            wanted = revision;
            await("progress to revision " + revision)
                    .atMost(LIMIT)
                    .pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(5))
                    .until(() -> {
                        subscription.requestProgress();
                        return result.isDone();
                    });
            return result.get();
        }

        private static String shown(Change change) {
            return "%06d %s %s %s"
                    .formatted(
                            change.revision(),
                            change.key(),
                            change.stored().map(WatchCachesProperties::text).orElse("-"),
                            change.last().map(WatchCachesProperties::text).orElse("-"));
        }

        private static long lastOf(List<String> events) {
            return events.isEmpty() ? 0 : Long.parseLong(events.getLast().substring(0, 6));
        }
    }

    /// What was seen is what the store says has happened, from the start to where the watcher came.
    private static void check(Seen seen, List<Watcher.Event> history) {
        List<String> expected = history.stream()
                .filter(event -> event.entry().modRevision() > seen.after)
                .filter(event -> event.entry().modRevision() <= seen.upTo)
                .filter(event -> isOfInterest(seen.interest, event))
                .map(WatchCachesProperties::shown)
                .toList();
        assertThat(seen.events).isEqualTo(expected);
    }

    private static boolean isOfInterest(Interest interest, Watcher.Event event) {
        Key key = event.entry().key();
        return switch (interest) {
            case Interest.Everything() -> true;
            case Interest.Namespace(String name) -> key.toString().startsWith("/registry/pods/" + name + "/");
            case Interest.Single(Key only) -> key.equals(only);
            // Who reads history gets all and selects for itself: checked for the whole in WatchesTest.
            case Interest.Field _ -> throw new AssertionError("not watched here");
        };
    }

    private static String shown(Watcher.Event event) {
        return "%06d %s %s %s"
                .formatted(
                        event.entry().modRevision(),
                        event.entry().key(),
                        event instanceof Watcher.Event.Put put
                                ? new String(put.entry().value(), StandardCharsets.UTF_8)
                                : "-",
                        event.previous()
                                .map(before -> new String(before.value(), StandardCharsets.UTF_8))
                                .orElse("-"));
    }

    private static String text(StoredObject object) {
        return new String(object.json(), StandardCharsets.UTF_8);
    }

    private static Interest interest(Random random) {
        return switch (random.nextInt(3)) {
            case 0 -> new Interest.Everything();
            case 1 -> new Interest.Namespace("ns" + random.nextInt(3));
            default -> new Interest.Single(key(random));
        };
    }

    private static Key key(Random random) {
        return PODS.object("ns" + random.nextInt(3), "pod" + random.nextInt(5));
    }

    /// Puts and deletes, of pods and of what is no pod.
    private static void write(Store store, Random random, int count) {
        for (int i = 0; i < count; i++) {
            Key key = random.nextInt(10) == 0 ? Key.of("/registry/other/x") : key(random);
            byte[] value = "{\"kind\":\"Pod\",\"metadata\":{},\"spec\":{\"node\":\"n%d\"},\"n\":%d}"
                    .formatted(random.nextInt(4), random.nextInt(1000))
                    .getBytes(StandardCharsets.UTF_8);
            Txn.Operation operation =
                    random.nextInt(4) == 0 ? new Txn.Operation.Delete(key) : new Txn.Operation.Put(key, value);
            store.commit(new Txn(List.of(), List.of(operation), List.of()));
        }
    }

    private static List<Watcher.Event> history(Store store) throws InterruptedException {
        var events = new ArrayList<Watcher.Event>();
        try (Watcher watcher = store.watch(new WatchQuery(PODS.range(""), 1, true))) {
            while (true) {
                Optional<Watcher.Batch> batch = watcher.next(Duration.ZERO);
                if (batch.isEmpty()) {
                    return events;
                }
                events.addAll(batch.get().events());
            }
        }
    }

    private static List<String> contents(Snapshot snapshot) {
        var contents = new ArrayList<String>();
        snapshot.forEach(PODS.range(""), (key, object) -> contents.add(key + " " + object.revision() + text(object)));
        return contents;
    }

    private static List<String> ofNode(Snapshot snapshot, String node) {
        var contents = new ArrayList<String>();
        snapshot.forEach(
                NODE,
                node,
                PODS.range(""),
                (key, object) -> contents.add(key + " " + object.revision() + text(object)));
        return contents;
    }

    private static List<String> stored(Store store, long revision) {
        return store.range(new RangeQuery(PODS.range(""), revision, 0, false, false)).entries().stream()
                .map(entry ->
                        entry.key() + " " + entry.modRevision() + new String(entry.value(), StandardCharsets.UTF_8))
                .toList();
    }
}
