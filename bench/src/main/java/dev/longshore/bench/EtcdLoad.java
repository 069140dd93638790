package dev.longshore.bench;

import com.google.protobuf.ByteString;
import dev.longshore.base.Time;
import dev.longshore.http.grpc.GrpcClient;
import dev.longshore.store.grpc.proto.PutRequest;
import dev.longshore.store.grpc.proto.RangeRequest;
import dev.longshore.store.grpc.proto.RequestOp;
import dev.longshore.store.grpc.proto.TxnRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/// What many clients ask of one engine at once, each one thing after the other. They share four connections.
final class EtcdLoad implements AutoCloseable {

    private static final int CONNECTIONS = 4;
    private static final int KEYS = 100_000;
    private static final int VALUE = 256;
    private static final int LOADERS = 16;
    private static final int TOGETHER = 100;

    private final List<GrpcClient> clients = new ArrayList<>();
    private final Time time = Time.system();
    private final List<ByteString> values = new ArrayList<>();

    EtcdLoad(EtcdEngine engine) {
        for (int i = 0; i < CONNECTIONS; i++) {
            clients.add(engine.client());
        }
        var random = new Random(1);
        for (int i = 0; i < TOGETHER; i++) {
            // Half of it can be packed, as JSON can.
            byte[] value = new byte[VALUE];
            for (int at = 0; at < VALUE; at++) {
                value[at] = (byte) (at % 2 == 0 ? 'a' : random.nextInt(256));
            }
            values.add(ByteString.copyFrom(value));
        }
    }

    /// Puts of 256 bytes under one of 100,000 keys.
    Rate puts(int threads, Duration span) throws Exception {
        return inParallel(threads, span, (client, random) -> client.call(EtcdCalls.PUT, put(random), EtcdCalls.LIMIT));
    }

    private PutRequest put(Random random) {
        return EtcdCalls.put(key(random), values.get(random.nextInt(values.size())));
    }

    private static String key(Random random) {
        return "/bench/%05d".formatted(random.nextInt(KEYS));
    }

    /// Reads of one key.
    Rate gets(int threads, Duration span) throws Exception {
        return inParallel(
                threads,
                span,
                (client, random) -> client.call(EtcdCalls.RANGE, EtcdCalls.get(key(random)), EtcdCalls.LIMIT));
    }

    /// Reads of 500 keys in a row, as clients of Kubernetes list.
    Rate ranges(int threads, Duration span) throws Exception {
        return inParallel(threads, span, (client, random) -> {
            RangeRequest range = EtcdCalls.get(key(random)).toBuilder()
                    .setRangeEnd(ByteString.copyFromUtf8("/bench0"))
                    .setLimit(500)
                    .build();
            client.call(EtcdCalls.RANGE, range, EtcdCalls.LIMIT);
        });
    }

    /// So many new keys, a hundred in a transaction; returns the seconds that it took.
    double fill(int keys) throws Exception {
        var next = new AtomicInteger();
        long begun = time.nanoTime();
        run(LOADERS, (client, random) -> {
            for (int from = next.getAndAdd(TOGETHER); from < keys; from = next.getAndAdd(TOGETHER)) {
                var txn = TxnRequest.newBuilder();
                for (int i = 0; i < TOGETHER; i++) {
                    txn.addSuccess(RequestOp.newBuilder()
                            .setRequestPut(EtcdCalls.put("/many/%07d".formatted(from + i), values.get(i))));
                }
                client.call(EtcdCalls.TXN, txn.build(), EtcdCalls.LIMIT);
            }
        });
        return (time.nanoTime() - begun) / 1e9;
    }

    private Rate inParallel(int threads, Duration span, Work work) throws Exception {
        var latencies = new Latencies();
        long begun = time.nanoTime();
        long end = begun + span.toNanos();
        run(threads, (client, random) -> {
            for (long sent = time.nanoTime(); sent < end; ) {
                work.run(client, random);
                long done = time.nanoTime();
                latencies.add(done - sent);
                sent = done;
            }
        });
        return Rate.of(latencies, (time.nanoTime() - begun) / 1e9);
    }

    private void run(int threads, Work work) throws Exception {
        try (var workers = Executors.newVirtualThreadPerTaskExecutor()) {
            var running = new ArrayList<Future<?>>();
            for (int i = 0; i < threads; i++) {
                GrpcClient client = clients.get(i % CONNECTIONS);
                var random = new Random(i);
                running.add(workers.submit(() -> {
                    work.run(client, random);
                    return null;
                }));
            }
            for (Future<?> each : running) {
                each.get();
            }
        }
    }

    private interface Work {
        void run(GrpcClient client, Random random) throws InterruptedException;
    }

    @Override
    public void close() {
        clients.forEach(GrpcClient::close);
    }

    /// How much in a second, and how long one takes, in milliseconds.
    record Rate(double perSecond, double median, double p99) {
        static Rate of(Latencies latencies, double seconds) {
            return new Rate(latencies.count() / seconds, latencies.millis(0.5), latencies.millis(0.99));
        }
    }
}
