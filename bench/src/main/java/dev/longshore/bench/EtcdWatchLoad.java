package dev.longshore.bench;

import com.google.protobuf.ByteString;
import dev.longshore.base.Time;
import dev.longshore.http.grpc.GrpcCall;
import dev.longshore.http.grpc.GrpcClient;
import dev.longshore.store.grpc.proto.Event;
import dev.longshore.store.grpc.proto.WatchCreateRequest;
import dev.longshore.store.grpc.proto.WatchRequest;
import dev.longshore.store.grpc.proto.WatchResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

/// Ten thousand watches on a hundred keys, over a hundred streams; puts one after the other, each of which a hundred
/// of them hear. Every put carries its time, so that whoever hears of it knows how long that took.
final class EtcdWatchLoad {

    private static final int STREAMS = 100;
    private static final int KEYS = 100;
    private static final int WATCHES = 10_000;
    private static final int PUTS = 2_000;

    /// How many are heard of in all.
    static final int EVENTS = PUTS * (WATCHES / KEYS);

    private static final Duration LIMIT = Duration.ofMinutes(3);

    private final Time time = Time.system();
    private final Latencies latencies = new Latencies();
    private final CountDownLatch heard = new CountDownLatch(EVENTS);

    EtcdLoad.Rate run(EtcdEngine engine) throws Exception {
        var streams = new ArrayList<GrpcCall<WatchRequest, WatchResponse>>();
        try (GrpcClient watching = engine.client();
                GrpcClient writing = engine.client()) {
            for (int i = 0; i < STREAMS; i++) {
                streams.add(watching.open(EtcdCalls.WATCH, LIMIT));
            }
            open(streams);
            streams.forEach(stream -> Thread.ofVirtual().start(() -> hear(stream)));
            long begun = time.nanoTime();
            for (int i = 0; i < PUTS; i++) {
                var now = ByteString.copyFromUtf8(Long.toString(time.nanoTime()));
                writing.call(EtcdCalls.PUT, EtcdCalls.put(key(i), now), EtcdCalls.LIMIT);
            }
            heard.await();
            return EtcdLoad.Rate.of(latencies, (time.nanoTime() - begun) / 1e9);
        } finally {
            streams.forEach(GrpcCall::close);
        }
    }

    private void open(List<GrpcCall<WatchRequest, WatchResponse>> streams) throws InterruptedException {
        for (int i = 0; i < WATCHES; i++) {
            streams.get(i % STREAMS)
                    .send(WatchRequest.newBuilder()
                            .setCreateRequest(
                                    WatchCreateRequest.newBuilder().setKey(ByteString.copyFromUtf8(key(i / STREAMS))))
                            .build());
        }
        for (GrpcCall<WatchRequest, WatchResponse> stream : streams) {
            for (int i = 0; i < WATCHES / STREAMS; i++) {
                if (!stream.receive().orElseThrow().getCreated()) {
                    throw new IllegalStateException("a watch was not created");
                }
            }
        }
    }

    private static String key(int number) {
        return "/watched/" + number % KEYS;
    }

    private void hear(GrpcCall<WatchRequest, WatchResponse> stream) {
        try {
            for (Optional<WatchResponse> next = stream.receive(); next.isPresent(); next = stream.receive()) {
                long now = time.nanoTime();
                for (Event event : next.get().getEventsList()) {
                    latencies.add(now - Long.parseLong(event.getKv().getValue().toString(StandardCharsets.UTF_8)));
                    heard.countDown();
                }
            }
        } catch (InterruptedException | dev.longshore.http.grpc.GrpcException over) {
            Thread.currentThread().interrupt();
        }
    }
}
