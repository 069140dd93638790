package dev.longshore.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.base.Time;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/// Compaction.
abstract class CompactionContract extends StoreContract {

    CompactionContract(Function<Time, ? extends Store> engine) {
        super(engine);
    }

    @Test
    void keepsWhatTheCompactedRevisionShows() {
        put("a", "1");
        put("b", "1");
        put("a", "2");
        put("a", "3");

        store.compact(4);

        assertThat(store.compactedRevision()).isEqualTo(4);
        assertThat(read(prefix(""), 4)).containsExactly("a=2", "b=1");
        assertThat(read(prefix(""), 0)).containsExactly("a=3", "b=1");
        assertFault(StoreFault.Compacted.class, () -> read(prefix(""), 3));
    }

    @Test
    void forgetsDeletedKeys() {
        put("a", "1");
        delete("a");
        put("b", "1");

        store.compact(4);

        assertThat(read(prefix(""), 4)).containsExactly("b=1");
        put("a", "new");
        KeyValue entry = store.range(RangeQuery.of(key("a"))).entries().getFirst();
        assertThat(entry.version()).isEqualTo(1);
    }

    @Test
    void refusesTheFutureAndWhatIsAlreadyGone() {
        put("a", "1");
        store.compact(2);

        assertFault(StoreFault.FutureRevision.class, () -> store.compact(3));
        assertFault(StoreFault.Compacted.class, () -> store.compact(2));
    }

    @Test
    void aWatchMayStartAtTheCompactedRevisionButNotBefore() throws InterruptedException {
        put("a", "1");
        put("a", "2");
        delete("a");
        store.compact(4);

        assertFault(StoreFault.Compacted.class, () -> store.watch(new WatchQuery(prefix(""), 3, false)));
        try (Watcher watcher = store.watch(new WatchQuery(prefix(""), 4, true))) {
            assertThat(events(watcher, 1)).containsExactly("4 -a");
        }
    }

    @Test
    void aWatcherThatIsTooFarBehindIsTold() throws InterruptedException {
        put("a", "1");
        put("a", "2");
        put("a", "3");
        try (Watcher watcher = store.watch(new WatchQuery(prefix(""), 2, false))) {
            store.compact(4);

            assertFault(StoreFault.Compacted.class, () -> watcher.next(SOON));
            assertFault(StoreFault.Compacted.class, () -> watcher.next(SOON));
        }
    }

    @Test
    void writersAndReadersGoOnDuringCompaction() throws Exception {
        for (int i = 0; i < 50; i++) {
            put("k" + i % 5, "v" + i);
        }
        Thread compactor = Thread.ofVirtual().start(() -> {
            for (long revision = 2; revision < 50; revision++) {
                store.compact(revision);
            }
        });
        for (int i = 0; i < 50; i++) {
            put("k" + i % 5, "w" + i);
            assertThat(store.range(RangeQuery.of(prefix("k"))).count()).isEqualTo(5);
        }
        compactor.join();

        assertThat(read(prefix("k"), 0)).containsExactly("k0=w45", "k1=w46", "k2=w47", "k3=w48", "k4=w49");
    }
}
