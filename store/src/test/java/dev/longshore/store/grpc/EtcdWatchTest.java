package dev.longshore.store.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.google.protobuf.ByteString;
import dev.longshore.base.Time;
import dev.longshore.http.grpc.GrpcCall;
import dev.longshore.http.grpc.GrpcClient;
import dev.longshore.http.grpc.GrpcServer;
import dev.longshore.store.EmbeddedStore;
import dev.longshore.store.Stores;
import dev.longshore.store.grpc.proto.CompactionRequest;
import dev.longshore.store.grpc.proto.DeleteRangeRequest;
import dev.longshore.store.grpc.proto.Event;
import dev.longshore.store.grpc.proto.PutRequest;
import dev.longshore.store.grpc.proto.RequestOp;
import dev.longshore.store.grpc.proto.TxnRequest;
import dev.longshore.store.grpc.proto.WatchCancelRequest;
import dev.longshore.store.grpc.proto.WatchCreateRequest;
import dev.longshore.store.grpc.proto.WatchCreateRequest.FilterType;
import dev.longshore.store.grpc.proto.WatchProgressRequest;
import dev.longshore.store.grpc.proto.WatchRequest;
import dev.longshore.store.grpc.proto.WatchResponse;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What else can be asked of watches: of Debian's etcd and of the embedded engine, which say the same.
class EtcdWatchTest {

    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final EtcdMember MEMBER = new EtcdMember(1, 7, "default", "http://127.0.0.1:1");
    private static final int LARGEST_MESSAGE = 2 << 20;

    @TempDir
    private Path directory;

    @Test
    void filtersNumbersFragmentsAndProgressAreThoseOfEtcd() throws IOException, InterruptedException {
        if ("true".equals(System.getenv("CI"))) {
            assertThat(EtcdPeer.isInstalled()).as("etcd is installed").isTrue();
        }
        assumeThat(EtcdPeer.isInstalled()).as("etcd is installed").isTrue();
        List<String> theirs;
        try (EtcdPeer peer = EtcdPeer.start(directory);
                GrpcClient client = peer.client()) {
            theirs = new Play(client).whole();
        }
        Path socket = directory.resolve("etcd.sock");
        List<String> ours;
        try (EmbeddedStore store = Stores.embedded(directory.resolve("store"), Time.system());
                GrpcServer server = GrpcServer.listen(socket, EtcdFace.services(store, MEMBER));
                GrpcClient client = GrpcClient.to(socket)) {
            assertThat(server).isNotNull();
            ours = new Play(client).whole();
        }
        assertThat(ours).isEqualTo(theirs);
        assertThat(ours).contains("deletions only: DELETE a= before a=2", "fragments: true", "progress: 5");
    }

    /// What is asked, and what was said.
    private record Play(GrpcClient client, List<String> said) {

        Play(GrpcClient client) {
            this(client, new ArrayList<>());
        }

        List<String> whole() throws InterruptedException {
            put("a", "1");
            put("a", "2");
            client.call(
                    KvCalls.DELETE,
                    DeleteRangeRequest.newBuilder().setKey(bytes("a")).build(),
                    LIMIT);
            put("b", "3");
            watch("all", from("a", 2), 3);
            watch("deletions only", from("a", 2).setPrevKv(true).addFilters(FilterType.NOPUT), 1);
            watch("puts only", from("a", 2).setPrevKv(true).addFilters(FilterType.NODELETE), 2);
            watch("a number that was chosen", from("b", 1).setWatchId(7), 1);
            watch("nothing", from("b", 1).setRangeEnd(bytes("a")), 0);
            numbers();
            progress();
            fragments();
            client.call(
                    KvCalls.COMPACT,
                    CompactionRequest.newBuilder().setRevision(4).build(),
                    LIMIT);
            past();
            return said;
        }

        private void numbers() throws InterruptedException {
            try (GrpcCall<WatchRequest, WatchResponse> call = client.open(WatchCalls.WATCH, LIMIT)) {
                create(call, from("z", 0).setWatchId(9));
                say("a number", call.receive().orElseThrow());
                create(call, from("z", 0).setWatchId(9));
                say("the same number", call.receive().orElseThrow());
                create(call, from("z", 0));
                say("no number", call.receive().orElseThrow());
                call.send(WatchRequest.newBuilder()
                        .setCancelRequest(WatchCancelRequest.newBuilder().setWatchId(9))
                        .build());
                say("an end", call.receive().orElseThrow());
                create(call, from("z", 0).setWatchId(9));
                say("the number again", call.receive().orElseThrow());
            }
        }

        private void progress() throws InterruptedException {
            try (GrpcCall<WatchRequest, WatchResponse> call = client.open(WatchCalls.WATCH, LIMIT)) {
                create(call, from("z", 0));
                say("idle", call.receive().orElseThrow());
                call.send(WatchRequest.newBuilder()
                        .setProgressRequest(WatchProgressRequest.getDefaultInstance())
                        .build());
                WatchResponse told = call.receive().orElseThrow();
                said.add("progress: " + told.getHeader().getRevision());
                say("progress", told);
            }
        }

        /// Five megabytes in five revisions.
        private void fragments() throws InterruptedException {
            for (int i = 0; i < 5; i++) {
                var txn = TxnRequest.newBuilder();
                for (int j = 0; j < 10; j++) {
                    txn.addSuccess(RequestOp.newBuilder()
                            .setRequestPut(PutRequest.newBuilder()
                                    .setKey(bytes("large" + i + j))
                                    .setValue(ByteString.copyFrom(new byte[100_000]))));
                }
                client.call(KvCalls.TXN, txn.build(), LIMIT);
            }
            try (GrpcCall<WatchRequest, WatchResponse> call = client.open(WatchCalls.WATCH, LIMIT)) {
                create(call, from("large", 6).setRangeEnd(bytes("largf")).setFragment(true));
                call.receive();
                var keys = new ArrayList<String>();
                boolean isFragmented = false;
                while (keys.size() < 50) {
                    WatchResponse part = call.receive().orElseThrow();
                    assertThat(part.getSerializedSize()).isLessThan(LARGEST_MESSAGE + 1000);
                    isFragmented |= part.getFragment();
                    part.getEventsList()
                            .forEach(event -> keys.add(text(event.getKv().getKey())));
                }
                said.add("fragments: " + isFragmented);
                said.add("all of it: " + keys);
            }
        }

        private void past() throws InterruptedException {
            try (GrpcCall<WatchRequest, WatchResponse> call = client.open(WatchCalls.WATCH, LIMIT)) {
                create(call, from("a", 2));
                say("the past", call.receive().orElseThrow());
                say("the past", call.receive().orElseThrow());
            }
        }

        private void watch(String what, WatchCreateRequest.Builder request, int events) throws InterruptedException {
            try (GrpcCall<WatchRequest, WatchResponse> call = client.open(WatchCalls.WATCH, LIMIT)) {
                create(call, request);
                say(what, call.receive().orElseThrow());
                for (int seen = 0; seen < events; ) {
                    for (Event event : call.receive().orElseThrow().getEventsList()) {
                        said.add(what + ": " + text(event));
                        seen++;
                    }
                }
            }
        }

        private void put(String key, String value) throws InterruptedException {
            client.call(
                    KvCalls.PUT,
                    PutRequest.newBuilder()
                            .setKey(bytes(key))
                            .setValue(bytes(value))
                            .build(),
                    LIMIT);
        }

        private void say(String what, WatchResponse response) {
            said.add("%s: watch %d created %s cancelled %s compacted %d reason %s"
                    .formatted(
                            what,
                            response.getWatchId(),
                            response.getCreated(),
                            response.getCanceled(),
                            response.getCompactRevision(),
                            response.getCancelReason()));
        }

        private static void create(GrpcCall<WatchRequest, WatchResponse> call, WatchCreateRequest.Builder request)
                throws InterruptedException {
            call.send(WatchRequest.newBuilder().setCreateRequest(request).build());
        }

        private static WatchCreateRequest.Builder from(String key, long revision) {
            return WatchCreateRequest.newBuilder().setKey(bytes(key)).setStartRevision(revision);
        }

        private static String text(Event event) {
            String text = "%s %s=%s"
                    .formatted(
                            event.getType(),
                            text(event.getKv().getKey()),
                            text(event.getKv().getValue()));
            return event.hasPrevKv()
                    ? text + " before " + text(event.getPrevKv().getKey()) + "="
                            + text(event.getPrevKv().getValue())
                    : text;
        }

        private static String text(ByteString bytes) {
            return bytes.toStringUtf8();
        }

        private static ByteString bytes(String text) {
            return ByteString.copyFromUtf8(text);
        }
    }
}
