package dev.longshore.store.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import dev.longshore.base.Time;
import dev.longshore.http.grpc.GrpcCall;
import dev.longshore.http.grpc.GrpcClient;
import dev.longshore.http.grpc.GrpcException;
import dev.longshore.http.grpc.GrpcMethod;
import dev.longshore.http.grpc.GrpcServer;
import dev.longshore.store.EmbeddedStore;
import dev.longshore.store.Stores;
import dev.longshore.store.grpc.proto.Event;
import dev.longshore.store.grpc.proto.HashKVRequest;
import dev.longshore.store.grpc.proto.HashKVResponse;
import dev.longshore.store.grpc.proto.LeaseGrantRequest;
import dev.longshore.store.grpc.proto.LeaseLeasesRequest;
import dev.longshore.store.grpc.proto.LeaseRevokeRequest;
import dev.longshore.store.grpc.proto.LeaseTimeToLiveRequest;
import dev.longshore.store.grpc.proto.ResponseHeader;
import dev.longshore.store.grpc.proto.WatchCreateRequest;
import dev.longshore.store.grpc.proto.WatchRequest;
import dev.longshore.store.grpc.proto.WatchResponse;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The same requests to Debian's etcd and to the embedded engine: the same answers, the same events.
class EtcdDifferentialTest {

    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final int SHOWN = 5;
    private static final long USUAL_SEED = 81945458813714L;
    private static final int REQUESTS = Integer.getInteger("longshore.etcd.requests", 3000);

    @TempDir
    private Path directory;

    @Test
    void everyAnswerAndEveryEventIsThatOfEtcd() throws IOException, InterruptedException {
        if ("true".equals(System.getenv("CI"))) {
            assertThat(EtcdPeer.isInstalled()).as("etcd is installed").isTrue();
        }
        assumeThat(EtcdPeer.isInstalled()).as("etcd is installed").isTrue();
        // The long run asks what was never asked before.
        long usual = Boolean.getBoolean("longshore.long") ? System.nanoTime() : USUAL_SEED;
        long seed = Long.getLong("longshore.etcd.seed", usual);
        System.out.println("seed of the requests: " + seed);
        var ours = new EtcdMember(1, 1, "default", "http://127.0.0.1:1");
        try (EmbeddedStore store = Stores.embedded(directory.resolve("store"), Time.system());
                GrpcServer server = GrpcServer.listen(directory.resolve("etcd.sock"), EtcdFace.services(store, ours));
                GrpcClient left = GrpcClient.to(directory.resolve("etcd.sock"));
                EtcdPeer peer = EtcdPeer.start(directory);
                GrpcClient right = peer.client()) {
            assertThat(server).isNotNull();
            new Pair(left, right, new ArrayList<>()).compare(new EtcdRequests(seed), seed);
        }
    }

    /// What is asked of both.
    private record Pair(GrpcClient left, GrpcClient right, List<String> differences) {

        void compare(EtcdRequests requests, long seed) throws InterruptedException {
            try (GrpcCall<WatchRequest, WatchResponse> one = watch(left);
                    GrpcCall<WatchRequest, WatchResponse> other = watch(right)) {
                var mine = new Heard(one);
                var theirs = new Heard(other);
                long newest = 1;
                for (int i = 0; i < REQUESTS && differences.size() < SHOWN; i++) {
                    String where = "request " + i + " of seed " + seed;
                    int choice = requests.choice(40);
                    if (choice == 0) {
                        // Whoever is behind a compaction hears of no values before: both must have caught up.
                        assertThat(mine.until(newest)).as(where).isEqualTo(theirs.until(newest));
                    }
                    newest = Math.max(newest, step(choice, requests, newest, where));
                }
                assertThat(differences).isEmpty();
                last(seed);
                assertThat(mine.until(newest)).as("the end of seed " + seed).isEqualTo(theirs.until(newest));
            }
        }

        /// Asks one question; answers the newest revision that was told.
        private long step(int choice, EtcdRequests requests, long newest, String where) throws InterruptedException {
            return switch (choice) {
                case 0 -> ask(KvCalls.COMPACT, requests.compaction(newest), where);
                case 1 ->
                    ask(
                            LeaseCalls.GRANT,
                            LeaseGrantRequest.newBuilder()
                                    .setID(requests.lease())
                                    .setTTL(1000)
                                    .build(),
                            where);
                case 2 ->
                    ask(
                            LeaseCalls.REVOKE,
                            LeaseRevokeRequest.newBuilder()
                                    .setID(requests.lease())
                                    .build(),
                            where);
                case 3 ->
                    ask(
                            MemberCalls.HASH_KV,
                            HashKVRequest.newBuilder()
                                    .setRevision(requests.choice(2) == 0 ? 0 : newest)
                                    .build(),
                            where);
                case 4, 5, 6, 7, 8, 9, 10, 11, 12, 13 -> ask(KvCalls.RANGE, requests.range(newest), where);
                case 14, 15, 16, 17, 18 -> ask(KvCalls.DELETE, requests.delete(), where);
                case 19, 20, 21, 22, 23, 24, 25, 26, 27, 28 -> ask(KvCalls.TXN, requests.transaction(newest, 2), where);
                default -> ask(KvCalls.PUT, requests.put(), where);
            };
        }

        private <Q extends Message, R extends Message> long ask(GrpcMethod<Q, R> method, Q request, String where)
                throws InterruptedException {
            String mine = answer(left, method, request);
            String theirs = answer(right, method, request);
            if (!mine.equals(theirs)) {
                differences.add("%s: %s %sours: %s\netcd's: %s".formatted(where, method, request, mine, theirs));
            }
            return revision(mine);
        }

        private static <Q extends Message, R extends Message> String answer(
                GrpcClient client, GrpcMethod<Q, R> method, Q request) throws InterruptedException {
            try {
                return plain(client.call(method, request, LIMIT)).toString();
            } catch (GrpcException refused) {
                return refused.code() + " " + refused.getMessage();
            }
        }

        private static long revision(String answer) {
            var matcher = java.util.regex.Pattern.compile("header \\{\\s+revision: (\\d+)")
                    .matcher(answer);
            return matcher.find() ? Long.parseLong(matcher.group(1)) : 0;
        }

        private void last(long seed) throws InterruptedException {
            String where = "the end of seed " + seed;
            ask(LeaseCalls.LEASES, LeaseLeasesRequest.getDefaultInstance(), where);
            for (long lease = 1; lease <= 4; lease++) {
                var request = LeaseTimeToLiveRequest.newBuilder()
                        .setID(lease)
                        .setKeys(true)
                        .build();
                assertThat(left.call(LeaseCalls.TIME_TO_LIVE, request, LIMIT).getKeysList())
                        .as(where)
                        .containsExactlyInAnyOrderElementsOf(right.call(LeaseCalls.TIME_TO_LIVE, request, LIMIT)
                                .getKeysList());
            }
        }
    }

    private static GrpcCall<WatchRequest, WatchResponse> watch(GrpcClient client) throws InterruptedException {
        GrpcCall<WatchRequest, WatchResponse> call = client.open(WatchCalls.WATCH, Duration.ofMinutes(10));
        call.send(WatchRequest.newBuilder()
                .setCreateRequest(
                        WatchCreateRequest.newBuilder().setPrevKv(true).setRangeEnd(all()))
                .build());
        WatchResponse created = call.receive().orElseThrow();
        assertThat(created.getCreated()).isTrue();
        return call;
    }

    private static com.google.protobuf.ByteString all() {
        return com.google.protobuf.ByteString.copyFrom(new byte[1]);
    }

    /// What one watch said.
    private static final class Heard {
        private final GrpcCall<WatchRequest, WatchResponse> call;
        private long seen = 1;

        Heard(GrpcCall<WatchRequest, WatchResponse> call) {
            this.call = call;
        }

        /// All that happened since it was last asked, up to `newest`, one text each.
        List<String> until(long newest) throws InterruptedException {
            var events = new ArrayList<String>();
            while (seen < newest) {
                Optional<WatchResponse> next = call.receive();
                for (Event event : next.orElseThrow().getEventsList()) {
                    events.add(event.toString());
                    seen = Math.max(seen, event.getKv().getModRevision());
                }
            }
            return events;
        }
    }

    /// Without what must differ: who answers.
    private static Message plain(Message message) {
        if (message instanceof ResponseHeader header) {
            return ResponseHeader.newBuilder().setRevision(header.getRevision()).build();
        }
        if (message instanceof HashKVResponse hash) {
            return hash.toBuilder()
                    .setHeader((ResponseHeader) plain(hash.getHeader()))
                    .build();
        }
        Message.Builder plain = message.toBuilder();
        for (Map.Entry<FieldDescriptor, Object> field : message.getAllFields().entrySet()) {
            if (field.getKey().isRepeated()) {
                plain.clearField(field.getKey());
                ((List<?>) field.getValue())
                        .forEach(each -> plain.addRepeatedField(
                                field.getKey(), each instanceof Message inner ? plain(inner) : each));
            } else if (field.getValue() instanceof Message inner) {
                plain.setField(field.getKey(), plain(inner));
            }
        }
        return plain.build();
    }
}
