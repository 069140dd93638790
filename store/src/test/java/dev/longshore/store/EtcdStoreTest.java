package dev.longshore.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.base.Time;
import dev.longshore.store.etcd.EtcdCluster;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Function;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/// Debian's etcd behind our store. It has a clock of its own.
@EnabledIf("dev.longshore.store.etcd.EtcdCluster#isInstalled")
class EtcdStoreTest {

    @TempDir
    static Path directory;

    private static EtcdCluster etcd;

    @BeforeAll
    static void start() throws IOException {
        etcd = EtcdCluster.start(1, directory);
    }

    @AfterAll
    static void stop() {
        etcd.close();
    }

    private static Function<Time, Store> engine() {
        return _ -> etcd.fresh();
    }

    @Nested
    class Transactions extends TxnContract {
        Transactions() {
            super(engine());
        }
    }

    @Nested
    class Ranges extends RangeContract {
        Ranges() {
            super(engine());
        }
    }

    @Nested
    class Watches extends WatchContract {
        Watches() {
            super(engine());
        }
    }

    @Nested
    class Leases extends LeaseContract {
        Leases() {
            super(engine());
        }

        /// The shortest that etcd grants.
        @Override
        Duration ttl() {
            return Duration.ofSeconds(2);
        }

        @Override
        void pass(Duration span) throws InterruptedException {
            Time.system().sleep(span);
        }
    }

    @Nested
    class Compaction extends CompactionContract {
        Compaction() {
            super(engine());
        }

        /// etcd 3.4 forgets deletions at the revision itself.
        @Test
        @Override
        void aWatchMayStartAtTheCompactedRevisionButNotBefore() throws InterruptedException {
            put("a", "1");
            put("a", "2");
            store.compact(3);

            assertFault(StoreFault.Compacted.class, () -> store.watch(new WatchQuery(prefix(""), 2, false)));
            try (Watcher watcher = store.watch(new WatchQuery(prefix(""), 3, true))) {
                assertThat(events(watcher, 1)).containsExactly("3 a=2");
            }
        }

        /// What happened before the compaction has been fetched by then, or not: but nothing is left out.
        @Test
        @Override
        void aWatcherThatIsTooFarBehindIsTold() throws InterruptedException {
            put("a", "1");
            put("a", "2");
            put("a", "3");
            store.compact(4);
            assertFault(StoreFault.Compacted.class, () -> store.watch(new WatchQuery(prefix(""), 2, false)));
            try (Watcher watcher = store.watch(new WatchQuery(prefix(""), 4, false))) {
                assertThat(events(watcher, 1)).containsExactly("4 a=3");
            }
        }
    }
}
