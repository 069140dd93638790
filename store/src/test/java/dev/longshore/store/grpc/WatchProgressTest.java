package dev.longshore.store.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.longshore.base.Time;
import dev.longshore.http.grpc.Conversation;
import dev.longshore.store.EmbeddedStore;
import dev.longshore.store.EmbeddedWatcher;
import dev.longshore.store.Key;
import dev.longshore.store.Store;
import dev.longshore.store.Stores;
import dev.longshore.store.Txn;
import dev.longshore.store.grpc.proto.WatchCreateRequest;
import dev.longshore.store.grpc.proto.WatchRequest;
import dev.longshore.store.grpc.proto.WatchResponse;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
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

    private WatchStream stream(EmbeddedStore store) {
        return new WatchStream(store, MEMBER, new WatchPump(), SILENCE, new Conversation<>() {
            @Override
            public Optional<WatchRequest> receive() {
                return Optional.empty();
            }

            @Override
            public void send(WatchResponse response) {
                said.add(response);
            }

            @Override
            public boolean isReady() {
                return true;
            }
        });
    }

    private WatchResponse next() throws InterruptedException {
        return said.poll(LIMIT_SECONDS, TimeUnit.SECONDS);
    }

    @Test
    void aSilentWatchHearsAgainAndAgainHowFarItIs() throws InterruptedException {
        try (EmbeddedStore store = Stores.inMemory(Time.system());
                var stream = stream(store)) {
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
        try (EmbeddedStore store = Stores.inMemory(Time.system());
                var stream = stream(late(store))) {
            long before = store.revision();
            stream.create(watchOf("a").setProgressNotify(true).build());
            assertThat(next().getCreated()).isTrue();

            assertThat(next().getHeader().getRevision()).isEqualTo(before);
            assertThat(store.revision()).isGreaterThan(before);
        }
    }

    /// Something is committed whenever a watcher has just found nothing.
    private static EmbeddedStore late(EmbeddedStore store) {
        return instead(
                EmbeddedStore.class,
                store,
                "watch",
                watcher -> instead(EmbeddedWatcher.class, (EmbeddedWatcher) watcher, "next", batch -> {
                    if (((Optional<?>) batch).isEmpty()) {
                        put(store, "a");
                    }
                    return batch;
                }));
    }

    /// `whole`, with another answer to one question.
    private static <T> T instead(Class<T> type, T whole, String question, UnaryOperator<Object> answer) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (_, method, arguments) -> {
                    try {
                        Object said = method.invoke(whole, arguments);
                        return method.getName().equals(question) ? answer.apply(said) : said;
                    } catch (InvocationTargetException thrown) {
                        throw thrown.getCause();
                    }
                }));
    }

    @Test
    void whoDoesNotAskHearsNothing() throws InterruptedException {
        try (EmbeddedStore store = Stores.inMemory(Time.system());
                var stream = stream(store)) {
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
