package dev.longshore.store.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.longshore.base.ManualTime;
import dev.longshore.http.grpc.GrpcCall;
import dev.longshore.http.grpc.GrpcClient;
import dev.longshore.http.grpc.GrpcServer;
import dev.longshore.store.EmbeddedStore;
import dev.longshore.store.Stores;
import dev.longshore.store.grpc.proto.Event;
import dev.longshore.store.grpc.proto.PutRequest;
import dev.longshore.store.grpc.proto.WatchCreateRequest;
import dev.longshore.store.grpc.proto.WatchRequest;
import dev.longshore.store.grpc.proto.WatchResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Watches of one server beside each other.
class ManyWatchesTest {

    private static final Duration LIMIT = Duration.ofMinutes(1);
    private static final EtcdMember MEMBER = new EtcdMember(1, 7, "default", "http://127.0.0.1:1");

    @TempDir
    private Path directory;

    private EmbeddedStore store;
    private GrpcServer server;
    private GrpcClient client;

    @BeforeEach
    void start() throws Exception {
        Path socket = directory.resolve("etcd.sock");
        store = Stores.inMemory(new ManualTime());
        server = GrpcServer.listen(socket, EtcdFace.services(store, MEMBER));
        client = GrpcClient.to(socket);
    }

    @AfterEach
    void stop() {
        client.close();
        server.close();
        store.close();
    }

    @Test
    void aClientThatReadsNothingHoldsUpNobodyAndMissesNothing() throws InterruptedException {
        int puts = 60;
        try (var lazy = watch("k");
                var eager = watch("k")) {
            for (int i = 0; i < puts; i++) {
                // Six megabytes: more than the window of a stream.
                put("k" + i, ByteString.copyFrom(new byte[100_000]));
            }

            assertThat(keys(eager, puts)).isEqualTo(names(puts));
            assertThat(keys(lazy, puts)).isEqualTo(names(puts));
        }
    }

    @Test
    void oneThatFellBehindIsToldWhatCameMeanwhileAndThenWhatComes() throws InterruptedException {
        // More than a watch queues.
        int puts = 3_000;
        try (var lazy = watch("k")) {
            for (int i = 0; i < puts; i++) {
                put("k" + i, ByteString.copyFrom(new byte[1_000]));
            }
            assertThat(keys(lazy, puts)).isEqualTo(names(puts));

            put("k" + puts, ByteString.EMPTY);

            assertThat(keys(lazy, 1)).containsExactly("k" + puts);
        }
    }

    @Test
    void allWatchesOfAStreamHearOfWhatConcernsThemAndOfNothingElse() throws InterruptedException {
        int watches = 200;
        int puts = 1_000;
        try (GrpcCall<WatchRequest, WatchResponse> call = client.open(WatchCalls.WATCH, LIMIT)) {
            for (int i = 0; i < watches; i++) {
                call.send(create("k" + i % 20));
                assertThat(call.receive().orElseThrow().getCreated()).isTrue();
            }
            for (int i = 0; i < puts; i++) {
                put("k" + i % 20, ByteString.copyFromUtf8(Integer.toString(i)));
            }

            Map<Long, List<String>> heard = new HashMap<>();
            for (int seen = 0; seen < puts / 20 * watches; ) {
                WatchResponse next = call.receive().orElseThrow();
                for (Event event : next.getEventsList()) {
                    heard.computeIfAbsent(next.getWatchId(), _ -> new ArrayList<>())
                            .add(event.getKv().getValue().toStringUtf8());
                    seen++;
                }
            }

            assertThat(heard).hasSize(watches);
            heard.forEach((id, values) -> assertThat(values)
                    .isEqualTo(IntStream.range(0, puts)
                            .filter(i -> i % 20 == id % 20)
                            .mapToObj(Integer::toString)
                            .toList()));
        }
    }

    private GrpcCall<WatchRequest, WatchResponse> watch(String prefix) throws InterruptedException {
        GrpcCall<WatchRequest, WatchResponse> call = client.open(WatchCalls.WATCH, LIMIT);
        call.send(WatchRequest.newBuilder()
                .setCreateRequest(WatchCreateRequest.newBuilder()
                        .setKey(ByteString.copyFromUtf8(prefix))
                        .setRangeEnd(ByteString.copyFromUtf8(prefix + "~")))
                .build());
        assertThat(call.receive().orElseThrow().getCreated()).isTrue();
        return call;
    }

    private static WatchRequest create(String key) {
        return WatchRequest.newBuilder()
                .setCreateRequest(WatchCreateRequest.newBuilder().setKey(ByteString.copyFromUtf8(key)))
                .build();
    }

    private void put(String key, ByteString value) throws InterruptedException {
        client.call(
                KvCalls.PUT,
                PutRequest.newBuilder()
                        .setKey(ByteString.copyFromUtf8(key))
                        .setValue(value)
                        .build(),
                LIMIT);
    }

    private static List<String> keys(GrpcCall<WatchRequest, WatchResponse> call, int number)
            throws InterruptedException {
        var keys = new ArrayList<String>();
        while (keys.size() < number) {
            call.receive()
                    .orElseThrow()
                    .getEventsList()
                    .forEach(event -> keys.add(event.getKv().getKey().toStringUtf8()));
        }
        return keys;
    }

    private static List<String> names(int number) {
        return IntStream.range(0, number).mapToObj(i -> "k" + i).toList();
    }
}
