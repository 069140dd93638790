package dev.longshore.store.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.longshore.base.Time;
import dev.longshore.store.DelegatingStore;
import dev.longshore.store.Key;
import dev.longshore.store.Store;
import dev.longshore.store.Stores;
import dev.longshore.store.Txn;
import dev.longshore.store.WatchQuery;
import dev.longshore.store.Watcher;
import dev.longshore.store.grpc.proto.WatchCreateRequest;
import dev.longshore.store.grpc.proto.WatchResponse;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// What a watch that asks for it hears while nothing happens to it (`progress_notify`).
class WatchProgressTest {

    private static final EtcdMember MEMBER = new EtcdMember(1, 7, "default", "http://127.0.0.1:1");
    private static final Duration SILENCE = Duration.ofMillis(20);
    private static final int LIMIT_SECONDS = 30;

    private final BlockingQueue<WatchResponse> said = new LinkedBlockingQueue<>();

    private static void put(Store store, String key) {
        store.commit(Txn.of(new Txn.Operation.Put(Key.of(key), new byte[1])));
    }

    private static WatchCreateRequest.Builder watchOf(String key) {
        return WatchCreateRequest.newBuilder().setKey(ByteString.copyFromUtf8(key));
    }

    private WatchResponse next() throws InterruptedException {
        return said.poll(LIMIT_SECONDS, TimeUnit.SECONDS);
    }

    @Test
    void aSilentWatchHearsAgainAndAgainHowFarItIs() throws InterruptedException {
        try (Store store = Stores.inMemory(Time.system());
                var stream = new WatchStream(store, MEMBER, SILENCE, said::add)) {
            stream.create(watchOf("a").setProgressNotify(true).build());
            assertThat(next().getCreated()).isTrue();
            put(store, "b");

            WatchResponse told = next();
            while (told.getHeader().getRevision() < store.revision()) {
                told = next();
            }
            assertThat(told.getEventsCount()).isZero();
            assertThat(told.getCreated() || told.getCanceled()).isFalse();
            assertThat(next().getHeader().getRevision()).isEqualTo(store.revision());
        }
    }

    @Test
    void whatIsNotSentYetIsNotCounted() throws InterruptedException {
        try (Store store = Stores.inMemory(Time.system());
                var stream = new WatchStream(new Late(store), MEMBER, SILENCE, said::add)) {
            long before = store.revision();
            stream.create(watchOf("a").setProgressNotify(true).build());
            assertThat(next().getCreated()).isTrue();

            assertThat(next().getHeader().getRevision()).isEqualTo(before);
            assertThat(store.revision()).isGreaterThan(before);
        }
    }

    /// Something is committed whenever a watcher has just found nothing.
    private static final class Late extends DelegatingStore {

        Late(Store store) {
            super(store);
        }

        @Override
        public Watcher watch(WatchQuery query) {
            Watcher watcher = super.watch(query);
            return new Watcher() {
                @Override
                public Optional<Batch> next(Duration limit) throws InterruptedException {
                    Optional<Batch> found = watcher.next(limit);
                    if (found.isEmpty()) {
                        put(Late.this, "a");
                    }
                    return found;
                }

                @Override
                public void close() {
                    watcher.close();
                }
            };
        }
    }

    @Test
    void whoDoesNotAskHearsNothing() throws InterruptedException {
        try (Store store = Stores.inMemory(Time.system());
                var stream = new WatchStream(store, MEMBER, SILENCE, said::add)) {
            stream.create(watchOf("a").build());
            stream.create(watchOf("a").setProgressNotify(true).build());
            WatchResponse first = next();
            WatchResponse second = next();

            assertThat(first.getWatchId()).isNotEqualTo(second.getWatchId());
            for (int i = 0; i < 5; i++) {
                assertThat(next().getWatchId()).isEqualTo(second.getWatchId());
            }
        }
    }
}
