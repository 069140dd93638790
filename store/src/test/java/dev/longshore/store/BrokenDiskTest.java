package dev.longshore.store;

import static dev.longshore.store.StoreContract.assertFault;
import static dev.longshore.store.StoreContract.bytes;
import static dev.longshore.store.StoreContract.key;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.base.ManualTime;
import dev.longshore.store.FaultyBackend.Disk;
import dev.longshore.store.Txn.Operation;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// A disk that breaks and is well again.
class BrokenDiskTest {

    private static final KeyRange ALL = KeyRange.prefix(key(""));

    private final ManualTime time = new ManualTime();
    private final FaultyBackend backend = new FaultyBackend();
    private final Store store = MvccStore.open(backend, time);

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void aRefusedWriteLeavesNothingBehind() throws InterruptedException {
        put("a", "1");
        try (Watcher watcher = store.watch(new WatchQuery(ALL, 0, false))) {
            backend.disk = Disk.REFUSES;
            assertFault(StoreFault.ReadOnly.class, () -> put("a", "2"));

            assertThat(store.revision()).isEqualTo(2);
            assertThat(show()).containsExactly("a=1");
            assertThat(watcher.next(Duration.ZERO)).isEmpty();
        }
    }

    @Test
    void writesAgainOnceTheDiskIsWell() {
        backend.disk = Disk.REFUSES;
        assertFault(StoreFault.ReadOnly.class, () -> put("a", "1"));
        backend.disk = Disk.WELL;
        assertFault(StoreFault.ReadOnly.class, () -> put("a", "1"));

        time.advance(Duration.ofSeconds(1));

        assertThat(put("a", "2")).isEqualTo(2);
        assertThat(show()).containsExactly("a=2");
    }

    @Test
    void recoveryThrowsAwayWhatARefusedWriteLeft() {
        put("a", "1");
        backend.disk = Disk.LIES;
        assertFault(
                StoreFault.NoSpace.class,
                () -> store.commit(Txn.of(
                        new Operation.Put(key("b"), bytes("lost")), new Operation.Put(key("c"), bytes("lost")))));
        backend.disk = Disk.WELL;
        time.advance(Duration.ofSeconds(1));

        assertThat(put("a", "2")).isEqualTo(3);
        store.close();
        try (Store again = MvccStore.open(backend, time)) {
            assertThat(again.range(RangeQuery.of(ALL)).entries())
                    .extracting(StoreContract::text)
                    .containsExactly("a=2");
        }
    }

    @Test
    void readersAreAnsweredWhileTheDiskIsBroken() {
        put("a", "1");
        backend.disk = Disk.REFUSES;
        var createOrRead = new Txn(
                List.of(Txn.Compare.modRevision(key("a"), 0)),
                List.of(new Operation.Put(key("a"), bytes("2"))),
                List.of(new Operation.Get(RangeQuery.of(key("a")))));

        assertThat(store.commit(createOrRead).succeeded()).isFalse();
        assertThat(show()).containsExactly("a=1");
    }

    @Test
    void aFullDiskRefusesPutsButTakesDeletionsAndCompaction() {
        put("a", "1");
        backend.disk = Disk.FULL;

        assertFault(StoreFault.NoSpace.class, () -> put("b", "1"));
        assertThat(store.commit(Txn.of(new Operation.Delete(key("a")))).revision())
                .isEqualTo(3);
        store.compact(3);

        backend.disk = Disk.WELL;
        assertThat(put("b", "1")).isEqualTo(4);
    }

    @Test
    void expiryIsTriedAgain() {
        store.grant(1, Duration.ofSeconds(10));
        store.commit(Txn.of(new Operation.Put(key("a"), bytes("x"), 1, false)));
        backend.disk = Disk.REFUSES;
        time.advance(Duration.ofSeconds(10));
        assertThat(show()).containsExactly("a=x");

        backend.disk = Disk.WELL;
        time.advance(Duration.ofSeconds(5));
        assertThat(show()).isEmpty();
    }

    private long put(String key, String value) {
        return store.commit(Txn.of(new Operation.Put(key(key), bytes(value)))).revision();
    }

    private List<String> show() {
        return store.range(RangeQuery.of(ALL)).entries().stream()
                .map(StoreContract::text)
                .toList();
    }
}
