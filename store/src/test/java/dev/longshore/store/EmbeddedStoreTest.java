package dev.longshore.store;

import dev.longshore.base.Time;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedStoreTest {

    private static final AtomicInteger COUNT = new AtomicInteger();

    @TempDir
    static Path root;

    private static Function<Time, EmbeddedStore> engine() {
        return time -> Stores.embedded(root.resolve("store-" + COUNT.incrementAndGet()), 0, time);
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
    }

    @Nested
    class Compaction extends CompactionContract {
        Compaction() {
            super(engine());
        }
    }
}
