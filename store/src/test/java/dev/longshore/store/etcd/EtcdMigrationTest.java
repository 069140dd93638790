package dev.longshore.store.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.base.Time;
import dev.longshore.store.EmbeddedStore;
import dev.longshore.store.Key;
import dev.longshore.store.KeyRange;
import dev.longshore.store.KeyValue;
import dev.longshore.store.RangeQuery;
import dev.longshore.store.Store;
import dev.longshore.store.StoreException;
import dev.longshore.store.StoreFault;
import dev.longshore.store.Stores;
import dev.longshore.store.Txn;
import dev.longshore.store.WatchQuery;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

@EnabledIf("dev.longshore.store.etcd.EtcdCluster#isInstalled")
class EtcdMigrationTest {

    private static final KeyRange REGISTRY = KeyRange.prefix(Key.of("/registry/"));
    private static final int MANY = 350;

    @TempDir
    Path directory;

    @Test
    void movesThereAndBackAndGivesOutNoRevisionTwice() throws Exception {
        List<String> before;
        long last;
        try (EtcdCluster etcd = EtcdCluster.start(1, directory)) {
            try (EmbeddedStore store = Stores.embedded(directory.resolve("old"), Time.system())) {
                long lease = store.grant(7, Duration.ofHours(1)).id();
                for (int i = 0; i < MANY; i++) {
                    put(store, "/registry/things/t" + i, "v" + i, 0);
                }
                put(store, "/registry/events/e", "ends", lease);
                store.commit(Txn.of(new Txn.Operation.Delete(Key.of("/registry/things/t3"))));
                before = values(store);
                last = store.revision();

                var moved = EtcdMigration.toEtcd(store, etcd.config(), Time.system());

                assertThat(moved).isEqualTo(new EtcdMigration.Moved(MANY, last));
                assertThatThrownBy(() -> EtcdMigration.toEtcd(store, etcd.config(), Time.system()))
                        .hasMessageContaining("etcd is not empty");
            }
            try (EtcdStore store = etcd.open()) {
                assertThat(values(store)).isEqualTo(before);
                assertThat(entries(store))
                        .allSatisfy(entry -> assertThat(entry.modRevision()).isGreaterThan(last));
                assertThat(store.keepAlive(7).ttl()).isEqualTo(Duration.ofHours(1));
                assertIsGone(store, 2);
                assertIsGone(store, last);
                long written = put(store, "/registry/things/new", "x", 0);
                assertThat(written).isGreaterThan(last).isEqualTo(store.revision());
                try (var watcher = store.watch(new WatchQuery(REGISTRY, written, false))) {
                    assertThat(watcher.next(Duration.ofSeconds(10))
                                    .orElseThrow()
                                    .events())
                            .singleElement()
                            .satisfies(event ->
                                    assertThat(event.entry().modRevision()).isEqualTo(written));
                }

                var moved = EtcdMigration.fromEtcd(store, directory.resolve("new"), Time.system());

                assertThat(moved).isEqualTo(new EtcdMigration.Moved(MANY + 1, written));
                try (EmbeddedStore back = Stores.embedded(directory.resolve("new"), Time.system())) {
                    assertThat(revisions(back)).isEqualTo(revisions(store));
                    assertThat(values(back)).isEqualTo(values(store));
                    assertThat(back.revision()).isEqualTo(written);
                    assertThat(back.keepAlive(7).ttl()).isEqualTo(Duration.ofHours(1));
                    assertIsGone(back, written - 1);
                    assertThat(put(back, "/registry/things/newer", "y", 0)).isEqualTo(written + 1);
                }
                assertThatThrownBy(() -> EtcdMigration.fromEtcd(store, directory.resolve("new"), Time.system()))
                        .hasMessageContaining("is not empty");
            }
        }
    }

    @Test
    void noServerTakesWhatWasNotMovedToItsEnd() throws Exception {
        try (EtcdCluster etcd = EtcdCluster.start(1, directory)) {
            try (EtcdStore store = etcd.open()) {
                store.commit(Txn.of(new Txn.Operation.Put(EtcdStore.UNFINISHED, new byte[0])));
            }

            assertThatThrownBy(() -> EtcdStore.open(etcd.config(), () -> 0, Time.system()))
                    .hasMessageContaining("a migration into this etcd was not finished");
        }
    }

    private static void assertIsGone(Store store, long revision) {
        assertThatThrownBy(() -> store.watch(new WatchQuery(REGISTRY, revision, false)))
                .isInstanceOfSatisfying(
                        StoreException.class,
                        gone -> assertThat(gone.fault()).isInstanceOf(StoreFault.Compacted.class));
        assertThat(store.compactedRevision()).isGreaterThanOrEqualTo(revision);
    }

    private static long put(Store store, String key, String value, long lease) {
        return store.commit(Txn.of(
                        new Txn.Operation.Put(Key.of(key), value.getBytes(StandardCharsets.UTF_8), lease, false)))
                .revision();
    }

    private static List<KeyValue> entries(Store store) {
        return store.range(RangeQuery.of(REGISTRY)).entries();
    }

    private static List<String> values(Store store) {
        return entries(store).stream()
                .map(entry ->
                        entry.key() + "=" + new String(entry.value(), StandardCharsets.UTF_8) + "@" + entry.lease())
                .toList();
    }

    private static List<String> revisions(Store store) {
        return entries(store).stream()
                .map(entry ->
                        entry.key() + " " + entry.createRevision() + " " + entry.modRevision() + " " + entry.version())
                .toList();
    }
}
