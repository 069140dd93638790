package dev.longshore.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.longshore.base.Time;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Writers meet a disk that takes its time.
class GroupCommitTest {

    private static final int WRITERS = 100;

    private final SlowDisk disk = new SlowDisk();
    private final EmbeddedStore store = MvccStore.open(disk, Time.system());

    @AfterEach
    void close() {
        disk.permits.release(WRITERS);
        store.close();
    }

    private CompletableFuture<Long> write(String key) {
        var done = new CompletableFuture<Long>();
        Thread.ofVirtual()
                .start(() -> done.complete(store.commit(Txn.of(new Txn.Operation.Put(Key.of(key), new byte[10])))
                        .revision()));
        return done;
    }

    private List<CompletableFuture<Long>> writers() {
        disk.isHeld = true;
        CompletableFuture<Long> first = write("first");
        await().until(() -> disk.waiting.get() == 1);
        var all = new ArrayList<>(List.of(first));
        for (int i = 1; i < WRITERS; i++) {
            all.add(write("k" + i));
        }
        return all;
    }

    @Test
    void noWriteIsAcknowledgedOrShownBeforeItsSync() {
        List<CompletableFuture<Long>> writers = writers();
        assertThat(writers).noneMatch(CompletableFuture::isDone);
        assertThat(store.revision()).isEqualTo(1);

        disk.permits.release();
        assertThat(writers.getFirst().join()).isEqualTo(2);
        await().until(() -> disk.waiting.get() == 1);
        assertThat(writers.stream().skip(1)).noneMatch(CompletableFuture::isDone);
        assertThat(store.revision()).isEqualTo(2);
    }

    @Test
    void whoWaitsMeanwhileSharesTheNextSync() {
        List<CompletableFuture<Long>> writers = writers();
        int before = disk.synced.get();
        // Whoever has not been in the queue by now finds one of these.
        disk.permits.release(WRITERS);
        CompletableFuture.allOf(writers.toArray(CompletableFuture[]::new)).join();

        assertThat(store.revision()).isEqualTo(1 + WRITERS);
        assertThat(writers.stream().map(CompletableFuture::join)).doesNotHaveDuplicates();
        assertThat(disk.synced.get() - before).isBetween(2, WRITERS / 2);
    }

    @Test
    void readersNeverWaitForWriters() throws InterruptedException {
        store.commit(Txn.of(new Txn.Operation.Put(Key.of("a"), new byte[] {1})));
        try (Watcher watcher = store.watch(new WatchQuery(KeyRange.single(Key.of("a")), 2, false))) {
            writers();

            var found = store.range(RangeQuery.of(KeyRange.prefix(Key.of(""))));
            assertThat(found.revision()).isEqualTo(2);
            assertThat(found.entries()).hasSize(1);
            assertThat(store.commit(new Txn(
                                    List.of(Txn.Compare.modRevision(Key.of("a"), 2)),
                                    List.of(new Txn.Operation.Get(RangeQuery.of(Key.of("a")))),
                                    List.of()))
                            .succeeded())
                    .isTrue();
            assertThat(watcher.next(Duration.ofSeconds(10)).orElseThrow().events())
                    .hasSize(1);
        }
    }

    /// In memory; a synced write waits for a permit while it is held.
    private static final class SlowDisk implements Backend {
        private final MemoryBackend inner = new MemoryBackend();
        private final Semaphore permits = new Semaphore(0);
        private final AtomicInteger waiting = new AtomicInteger();
        private final AtomicInteger synced = new AtomicInteger();
        private volatile boolean isHeld;

        @Override
        public void write(Writes writes, boolean isSynced) {
            if (isSynced && isHeld) {
                waiting.incrementAndGet();
                permits.acquireUninterruptibly();
                waiting.decrementAndGet();
            }
            synced.incrementAndGet();
            inner.write(writes, isSynced);
        }

        @Override
        public List<Optional<byte[]>> get(List<byte[]> keys) {
            return inner.get(keys);
        }

        @Override
        public void scan(byte[] from, byte[] to, Visitor visitor) {
            inner.scan(from, to, visitor);
        }

        @Override
        public Optional<String> full() {
            return inner.full();
        }

        @Override
        public void recover() {
            inner.recover();
        }

        @Override
        public long size() {
            return inner.size();
        }

        @Override
        public void defragment() {
            inner.defragment();
        }

        @Override
        public void close() {
            inner.close();
        }
    }
}
