package dev.longshore.apiserver.objects;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.base.ManualTime;
import dev.longshore.model.Fault;
import dev.longshore.model.FaultException;
import dev.longshore.model.FieldPath;
import dev.longshore.store.EmbeddedStore;
import dev.longshore.store.Key;
import dev.longshore.store.Stores;
import dev.longshore.store.Txn;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WatchCachesTest {

    private static final Keys PODS = new Keys("pods", true);
    private static final FieldPath NODE = FieldPath.of("spec.node");
    private static final List<FieldPath> INDEXES = List.of(NODE);
    private static final Duration LIMIT = Duration.ofSeconds(10);

    private final EmbeddedStore store = Stores.inMemory(new ManualTime());
    private final WatchCaches caches = new WatchCaches(store, new CacheLimits(5, 1 << 20, 3, 1 << 20));

    @AfterEach
    void close() {
        caches.close();
        store.close();
    }

    @Test
    void whoWatchesOneValueHearsOfNoOther() throws InterruptedException {
        Subscription one = watch(new Interest.Field(NODE, "n1"), 1);
        put("a", "n1");
        put("b", "n2");
        put("a", "n2");
        put("b", "n1");

        assertThat(heard(one)).containsExactly("2 a", "4 a", "5 b");
    }

    @Test
    void whoFallsBehindIsCutOffAndNobodyElseNotices() throws InterruptedException {
        Subscription slow = watch(new Interest.Everything(), 1);
        Subscription quick = watch(new Interest.Everything(), 1);
        var seen = new ArrayList<String>();
        for (int i = 0; i < 6; i++) {
            put("p" + i, "n");
            seen.addAll(heard(quick));
        }

        List<Signal> left = slow.next();

        assertThat(seen).hasSize(6);
        assertThat(left).hasSize(4);
        assertThat(left.getLast())
                .isInstanceOfSatisfying(
                        Signal.Ended.class,
                        ended -> assertThat(ended.fault()).get().isInstanceOf(Fault.Expired.class));
    }

    @Test
    void oneLargeChangeFitsAnyQueue() throws InterruptedException {
        try (var tight = new WatchCaches(store, new CacheLimits(5, 10, 3, 10))) {
            Subscription watcher = tight.subscribe(PODS, INDEXES, new Interest.Everything(), 1);
            put("large", "x".repeat(1000));

            assertThat(watcher.next()).singleElement().isInstanceOf(Signal.Changed.class);
        }
    }

    @Test
    void whatTheStoreForgotCannotBeWatched() {
        put("a", "n");
        put("a", "m");
        put("a", "o");
        store.compact(3);

        assertThatThrownBy(() -> watch(new Interest.Everything(), 2))
                .isInstanceOfSatisfying(
                        FaultException.class,
                        refused -> assertThat(refused.fault())
                                .isEqualTo(new Fault.Expired("too old resource version: 2 (3)")));
    }

    @Test
    void aListWaitsUntilTheCacheIsAsFreshAsTheStore() throws InterruptedException {
        caches.newest(PODS, INDEXES);
        for (int i = 0; i < 50; i++) {
            put("p" + i, "n");
            Snapshot fresh =
                    caches.notOlder(PODS, INDEXES, store.revision(), LIMIT).orElseThrow();
            assertThat(fresh.count(PODS.range(""))).isEqualTo(i + 1);
            assertThat(fresh.revision()).isGreaterThanOrEqualTo(store.revision());
        }
        assertThat(caches.notOlder(PODS, INDEXES, store.revision() + 1, Duration.ofMillis(1)))
                .isEmpty();
    }

    @Test
    void writesElsewhereMoveTheRevisionToo() throws InterruptedException {
        caches.newest(PODS, INDEXES);
        store.commit(new Txn(List.of(), List.of(new Txn.Operation.Put(Key.of("/elsewhere"), new byte[0])), List.of()));

        assertThat(caches.notOlder(PODS, INDEXES, store.revision(), LIMIT)
                        .orElseThrow()
                        .revision())
                .isEqualTo(store.revision());
    }

    @Test
    void everyWatcherEndsWithTheCaches() throws InterruptedException {
        Subscription watcher = watch(new Interest.Everything(), 1);
        caches.close();

        assertThat(watcher.next()).containsExactly(new Signal.Ended(Optional.empty()));
        assertThatThrownBy(() -> watch(new Interest.Everything(), 1)).isInstanceOf(FaultException.class);
    }

    private Subscription watch(Interest interest, long after) {
        return caches.subscribe(PODS, INDEXES, interest, after);
    }

    /// What a watcher is told up to now.
    private List<String> heard(Subscription watcher) throws InterruptedException {
        assertThat(caches.notOlder(PODS, INDEXES, store.revision(), LIMIT)).isPresent();
        watcher.requestProgress();
        var heard = new ArrayList<String>();
        while (true) {
            for (Signal signal : watcher.next()) {
                switch (signal) {
                    case Signal.Changed(Change change) -> {
                        String path = change.key().toString();
                        heard.add(change.revision() + " " + path.substring(path.lastIndexOf('/') + 1));
                    }
                    case Signal.Progress _ -> {
                        return heard;
                    }
                    case Signal.Ended ended -> throw new AssertionError(ended);
                }
            }
        }
    }

    private void put(String name, String node) {
        byte[] value = "{\"kind\":\"Pod\",\"metadata\":{},\"spec\":{\"node\":\"%s\"}}"
                .formatted(node)
                .getBytes(StandardCharsets.UTF_8);
        store.commit(new Txn(List.of(), List.of(new Txn.Operation.Put(PODS.object("ns", name), value)), List.of()));
    }
}
