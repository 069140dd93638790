package dev.longshore.store.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.store.Key;
import dev.longshore.store.KeyRange;
import dev.longshore.store.RangeQuery;
import dev.longshore.store.StoreException;
import dev.longshore.store.StoreFault;
import dev.longshore.store.Txn;
import dev.longshore.store.WatchQuery;
import dev.longshore.store.Watcher;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/// Three members, of which some die while many write.
@EnabledIf("dev.longshore.store.etcd.EtcdCluster#isInstalled")
class EtcdClusterTest {

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int WRITERS = 16;
    private static final int EACH = 60;

    @TempDir
    Path directory;

    /// What became of one writer's writes: of version N of its key, by N.
    private record Told(Set<Integer> acknowledged, Set<Integer> refused, Set<Integer> unknown) {}

    @Test
    void nothingAcknowledgedIsLostAndNoRefusedWriteIsDoneWhenAMemberDies() throws Exception {
        try (EtcdCluster etcd = EtcdCluster.start(3, directory);
                EtcdStore store = etcd.open();
                Watcher watcher = store.watch(new WatchQuery(KeyRange.prefix(Key.of("k")), 0, false));
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var half = new CountDownLatch(WRITERS);
            var told = new ArrayList<Future<Told>>();
            for (int i = 0; i < WRITERS; i++) {
                int writer = i;
                told.add(threads.submit(() -> write(store, writer, half)));
            }
            half.await();
            etcd.kill(0);

            var seen = new TreeMap<String, List<Integer>>();
            for (int writer = 0; writer < WRITERS; writer++) {
                Told outcome = told.get(writer).get();
                List<Integer> stored = history(store, writer);
                assertThat(new HashSet<>(stored)).containsAll(outcome.acknowledged);
                outcome.refused.forEach(version -> assertThat(stored).doesNotContain(version));
                assertThat(outcome.acknowledged).isNotEmpty();
                seen.put("k" + writer, stored);
            }
            assertThat(watched(watcher, store.revision())).isEqualTo(seen);
        }
    }

    /// Every version in its own key: `k3-17` is version 17 of writer 3.
    private static Told write(EtcdStore store, int writer, CountDownLatch half) {
        var told =
                new Told(ConcurrentHashMap.newKeySet(), ConcurrentHashMap.newKeySet(), ConcurrentHashMap.newKeySet());
        for (int version = 0; version < EACH; version++) {
            if (version == EACH / 2) {
                half.countDown();
            }
            Key key = Key.of("k" + writer + "-" + version);
            try {
                var created = store.commit(new Txn(
                        List.of(Txn.Compare.modRevision(key, 0)),
                        List.of(new Txn.Operation.Put(key, bytes(writer))),
                        List.of()));
                // Nobody else writes it: a write that was done twice would lose against itself.
                assertThat(created.succeeded()).isTrue();
                told.acknowledged.add(version);
            } catch (StoreException refused) {
                switch (refused.fault()) {
                    case StoreFault.Unavailable _ -> told.refused.add(version);
                    case StoreFault.OutcomeUnknown _ -> told.unknown.add(version);
                    default -> throw refused;
                }
            }
        }
        return told;
    }

    private static List<Integer> history(EtcdStore store, int writer) {
        return store.range(RangeQuery.of(KeyRange.prefix(Key.of("k" + writer + "-")))).entries().stream()
                .map(entry -> version(entry.key()))
                .sorted()
                .toList();
    }

    private static TreeMap<String, List<Integer>> watched(Watcher watcher, long upTo) throws InterruptedException {
        var seen = new TreeMap<String, List<Integer>>();
        long at = 0;
        while (at < upTo) {
            Watcher.Batch batch = watcher.next(LIMIT).orElseThrow();
            batch.events().forEach(event -> {
                String key = event.entry().key().toString();
                seen.computeIfAbsent(key.substring(0, key.indexOf('-')), _ -> new ArrayList<>())
                        .add(version(event.entry().key()));
            });
            at = batch.revision();
        }
        seen.values().forEach(versions -> versions.sort(null));
        return seen;
    }

    private static int version(Key key) {
        return Integer.parseInt(key.toString().substring(key.toString().indexOf('-') + 1));
    }

    @Test
    void withoutAMajorityAllFailsClearlyAndThenGoesOnByItself() throws Exception {
        try (EtcdCluster etcd = EtcdCluster.start(3, directory);
                EtcdStore store = etcd.open();
                Watcher watcher = store.watch(new WatchQuery(KeyRange.prefix(Key.of("a")), 0, false))) {
            put(store, "a", 1);
            etcd.kill(1);
            etcd.kill(2);

            var wrote = new AtomicBoolean();
            StoreFault fault = refused(() -> {
                put(store, "a", 2);
                wrote.set(true);
            });
            assertThat(wrote).isFalse();
            assertThat(fault).isInstanceOfAny(StoreFault.Unavailable.class, StoreFault.OutcomeUnknown.class);
            assertThat(refused(() -> store.range(RangeQuery.of(Key.of("a")))))
                    .isInstanceOf(StoreFault.Unavailable.class)
                    .satisfies(why -> assertThat(why.message()).containsAnyOf("etcdserver", "no connection to etcd"));

            etcd.start(1);
            etcd.start(2);
            long revision = putEventually(store, "a", 3);
            assertThat(store.range(RangeQuery.of(Key.of("a"))).entries())
                    .singleElement()
                    .satisfies(entry -> assertThat(entry.value()).isEqualTo(bytes(3)));
            var values = new ArrayList<String>();
            long at = 0;
            while (at < revision) {
                Watcher.Batch batch = watcher.next(LIMIT).orElseThrow();
                batch.events()
                        .forEach(event -> values.add(new String(event.entry().value(), StandardCharsets.UTF_8)));
                at = batch.revision();
            }
            assertThat(values).startsWith("1").endsWith("3");
        }
    }

    private static long put(EtcdStore store, String key, int value) {
        return store.commit(Txn.of(new Txn.Operation.Put(Key.of(key), bytes(value))))
                .revision();
    }

    private static long putEventually(EtcdStore store, String key, int value) {
        long end = System.nanoTime() + LIMIT.toNanos();
        while (true) {
            try {
                return put(store, key, value);
            } catch (StoreException notYet) {
                if (System.nanoTime() > end) {
                    throw notYet;
                }
            }
        }
    }

    private static StoreFault refused(Runnable call) {
        try {
            call.run();
        } catch (StoreException refused) {
            return refused.fault();
        }
        throw new AssertionError("nothing refused");
    }

    private static byte[] bytes(int value) {
        return Integer.toString(value).getBytes(StandardCharsets.UTF_8);
    }
}
