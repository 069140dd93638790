package dev.longshore.store;

import org.junit.jupiter.api.Nested;

class InMemoryStoreTest {

    @Nested
    class Transactions extends TxnContract {
        Transactions() {
            super(Stores::inMemory);
        }
    }

    @Nested
    class Ranges extends RangeContract {
        Ranges() {
            super(Stores::inMemory);
        }
    }

    @Nested
    class Watches extends WatchContract {
        Watches() {
            super(Stores::inMemory);
        }
    }

    @Nested
    class Leases extends LeaseContract {
        Leases() {
            super(Stores::inMemory);
        }
    }

    @Nested
    class Compaction extends CompactionContract {
        Compaction() {
            super(Stores::inMemory);
        }
    }
}
