package dev.longshore.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.longshore.base.ManualTime;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class AutoCompactionTest {

    private final ManualTime time = new ManualTime();

    private static long put(Store store) {
        return store.commit(Txn.of(new Txn.Operation.Put(Key.of("a"), new byte[1])))
                .revision();
    }

    /// Moves on by one look; the timer after it says that it is over.
    private void pass(Duration look) {
        time.advance(look);
        await().until(() -> time.timers() == 1);
    }

    @Test
    void byAgeWhatIsOlderIsForgottenAndWhatIsYoungerIsKept() {
        try (Store store = Stores.inMemory(time);
                var compaction = new AutoCompaction(store, new Retention.Age(Duration.ofMinutes(10)), time)) {
            compaction.start();
            Duration look = Duration.ofMinutes(1);
            long old = put(store);
            pass(look);
            long young = put(store);
            for (int i = 0; i < 9; i++) {
                assertThat(store.compactedRevision()).isZero();
                pass(look);
            }
            assertThat(store.compactedRevision()).isLessThan(old);
            for (int i = 0; i < 10; i++) {
                pass(look);
            }
            assertThat(store.compactedRevision()).isEqualTo(young);
        }
    }

    @Test
    void byRevisionsTheLastAreKept() {
        try (Store store = Stores.inMemory(time);
                var compaction = new AutoCompaction(store, new Retention.Last(5), time)) {
            compaction.start();
            long last = 0;
            for (int i = 0; i < 20; i++) {
                last = put(store);
            }
            pass(Duration.ofMinutes(5));
            assertThat(store.compactedRevision()).isEqualTo(last - 5);
            pass(Duration.ofMinutes(5));
            assertThat(store.compactedRevision()).isEqualTo(last - 5);
            put(store);
            pass(Duration.ofMinutes(5));
            assertThat(store.compactedRevision()).isEqualTo(last - 4);
        }
    }

    @Test
    void withoutRetentionNothingIsForgotten() {
        try (Store store = Stores.inMemory(time);
                var compaction = new AutoCompaction(store, new Retention.All(), time)) {
            compaction.start();
            assertThat(time.timers()).isZero();
        }
    }

    @Test
    void aStoreThatIsAwayForAWhileIsCompactedAfterwards() {
        try (Store store = Stores.inMemory(time);
                var compaction = new AutoCompaction(new AwayOnce(store), new Retention.Last(5), time)) {
            compaction.start();
            long last = 0;
            for (int i = 0; i < 20; i++) {
                last = put(store);
            }
            pass(Duration.ofMinutes(5));
            assertThat(store.compactedRevision()).isEqualTo(last - 5);
        }
    }

    /// Does not answer at first.
    private static final class AwayOnce extends DelegatingStore {
        private boolean wasAsked;

        AwayOnce(Store store) {
            super(store);
        }

        @Override
        public long revision() {
            if (wasAsked) {
                return super.revision();
            }
            wasAsked = true;
            throw new StoreException(new StoreFault.Unavailable("nobody answers"));
        }
    }

    @Test
    void looksOnceASecondAtMost() {
        try (Store store = Stores.inMemory(time);
                var compaction = new AutoCompaction(store, new Retention.Age(Duration.ofMillis(10)), time)) {
            compaction.start();
            long old = put(store);
            time.advance(Duration.ofMillis(999));
            assertThat(store.compactedRevision()).isZero();
            pass(Duration.ofSeconds(1));
            put(store);
            pass(Duration.ofSeconds(1));
            assertThat(store.compactedRevision()).isEqualTo(old);
        }
    }

    @Test
    void aHistoryOfMoreThanACenturyIsRefused() {
        assertThatThrownBy(() -> new Retention.Age(Duration.ofDays(40_000))).hasMessageContaining("100 years");
    }
}
