package dev.longshore.store.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import dev.longshore.base.Time;
import dev.longshore.http.grpc.GrpcClient;
import dev.longshore.http.grpc.GrpcException;
import dev.longshore.http.grpc.GrpcMethod;
import dev.longshore.http.grpc.GrpcServer;
import dev.longshore.store.EmbeddedStore;
import dev.longshore.store.Quota;
import dev.longshore.store.Stores;
import dev.longshore.store.grpc.proto.AlarmMember;
import dev.longshore.store.grpc.proto.AlarmRequest;
import dev.longshore.store.grpc.proto.AlarmType;
import dev.longshore.store.grpc.proto.CompactionRequest;
import dev.longshore.store.grpc.proto.DefragmentRequest;
import dev.longshore.store.grpc.proto.DeleteRangeRequest;
import dev.longshore.store.grpc.proto.LeaseGrantRequest;
import dev.longshore.store.grpc.proto.PutRequest;
import dev.longshore.store.grpc.proto.RangeRequest;
import dev.longshore.store.grpc.proto.RequestOp;
import dev.longshore.store.grpc.proto.StatusRequest;
import dev.longshore.store.grpc.proto.TxnRequest;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A quota is used up, and room made again: by Debian's etcd and by the embedded engine, which say the same.
class EtcdQuotaTest {

    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final int QUOTA = 8 << 20;
    private static final EtcdMember MEMBER = new EtcdMember(1, 7, "default", "http://127.0.0.1:1");

    @TempDir
    private Path directory;

    @Test
    void theEmbeddedEngineStopsAndGoesOnAsEtcdDoes() throws IOException, InterruptedException {
        if ("true".equals(System.getenv("CI"))) {
            assertThat(EtcdPeer.isInstalled()).as("etcd is installed").isTrue();
        }
        assumeThat(EtcdPeer.isInstalled()).as("etcd is installed").isTrue();
        List<String> theirs;
        try (EtcdPeer peer = EtcdPeer.start(directory, "--quota-backend-bytes=" + QUOTA);
                GrpcClient client = peer.client()) {
            theirs = new Play(client).whole();
        }
        Path socket = directory.resolve("etcd.sock");
        List<String> ours;
        try (EmbeddedStore store = Stores.embedded(directory.resolve("store"), new Quota(QUOTA), Time.system());
                GrpcServer server = GrpcServer.listen(socket, EtcdFace.services(store, MEMBER));
                GrpcClient client = GrpcClient.to(socket)) {
            assertThat(server).isNotNull();
            ours = new Play(client).whole();
        }
        assertThat(ours).isEqualTo(theirs);
        assertThat(ours)
                .contains("put: RESOURCE_EXHAUSTED etcdserver: mvcc: database space exceeded", "alarms: [NOSPACE]");
    }

    @Test
    void theAlarmStaysWhenTheStoreIsOpenedAgain() throws IOException, InterruptedException {
        Path files = directory.resolve("store");
        Path socket = directory.resolve("etcd.sock");
        try (EmbeddedStore store = Stores.embedded(files, new Quota(QUOTA), Time.system());
                GrpcServer server = GrpcServer.listen(socket, EtcdFace.services(store, MEMBER));
                GrpcClient client = GrpcClient.to(socket)) {
            assertThat(server).isNotNull();
            new Play(client).fill();
        }
        try (EmbeddedStore store = Stores.embedded(files, Quota.NONE, Time.system())) {
            assertThat(store.full().orElseThrow()).contains("--quota-backend-bytes");
            assertThat(store.alarm(false)).isTrue();
            assertThat(store.full()).isEmpty();
        }
        try (EmbeddedStore store = Stores.embedded(files, Quota.NONE, Time.system())) {
            assertThat(store.full()).isEmpty();
            assertThat(store.alarm(false)).isFalse();
        }
    }

    /// What is asked, and what was said.
    private record Play(GrpcClient client, List<String> said) {

        private static final ByteString KEY = ByteString.copyFromUtf8("k");

        Play(GrpcClient client) {
            this(client, new ArrayList<>());
        }

        List<String> whole() throws InterruptedException {
            fill();
            refused();
            alarms();
            status();
            say(
                    "delete",
                    KvCalls.DELETE,
                    DeleteRangeRequest.newBuilder()
                            .setKey(KEY)
                            .setRangeEnd(ByteString.copyFromUtf8("l"))
                            .build());
            refused();
            long revision = client.call(
                            KvCalls.RANGE, RangeRequest.newBuilder().setKey(KEY).build(), LIMIT)
                    .getHeader()
                    .getRevision();
            say(
                    "compact",
                    KvCalls.COMPACT,
                    CompactionRequest.newBuilder()
                            .setRevision(revision)
                            .setPhysical(true)
                            .build());
            say("defragment", MemberCalls.DEFRAGMENT, DefragmentRequest.getDefaultInstance());
            refused();
            disarm();
            alarms();
            status();
            say("put", KvCalls.PUT, put());
            say(
                    "lease",
                    LeaseCalls.GRANT,
                    LeaseGrantRequest.newBuilder().setTTL(60).build());
            return said;
        }

        /// Until it is refused.
        void fill() throws InterruptedException {
            for (int i = 0; i < 400; i++) {
                if (!say("fill", KvCalls.PUT, put("k" + i, 100_000))) {
                    // Where exactly is each engine's own matter.
                    said.removeIf("fill: done"::equals);
                    return;
                }
            }
            throw new AssertionError("a quota without an end");
        }

        private void refused() throws InterruptedException {
            say("put", KvCalls.PUT, put());
            say("read", KvCalls.RANGE, RangeRequest.newBuilder().setKey(KEY).build());
            say(
                    "txn that may put",
                    KvCalls.TXN,
                    TxnRequest.newBuilder()
                            .addFailure(RequestOp.newBuilder().setRequestPut(put()))
                            .build());
            say(
                    "txn that reads",
                    KvCalls.TXN,
                    TxnRequest.newBuilder()
                            .addSuccess(RequestOp.newBuilder()
                                    .setRequestRange(RangeRequest.newBuilder().setKey(KEY)))
                            .build());
            say(
                    "lease",
                    LeaseCalls.GRANT,
                    LeaseGrantRequest.newBuilder().setTTL(60).build());
        }

        private void alarms() throws InterruptedException {
            said.add("alarms: "
                    + client.call(MemberCalls.ALARM, AlarmRequest.getDefaultInstance(), LIMIT).getAlarmsList().stream()
                            .map(AlarmMember::getAlarm)
                            .toList());
        }

        private void disarm() throws InterruptedException {
            var request = AlarmRequest.newBuilder()
                    .setAction(AlarmRequest.AlarmAction.DEACTIVATE)
                    .setAlarm(AlarmType.NOSPACE);
            // Of a member that is not there.
            say("disarm nobody's", MemberCalls.ALARM, request.setMemberID(12345).build());
            alarms();
            long member = client.call(MemberCalls.STATUS, StatusRequest.getDefaultInstance(), LIMIT)
                    .getHeader()
                    .getMemberId();
            said.add("disarmed: "
                    + client.call(MemberCalls.ALARM, request.setMemberID(member).build(), LIMIT)
                            .getAlarmsCount());
        }

        private void status() throws InterruptedException {
            said.add("errors: "
                    + client
                            .call(MemberCalls.STATUS, StatusRequest.getDefaultInstance(), LIMIT)
                            .getErrorsList()
                            .stream()
                            .map(error -> error.replaceAll("[0-9]+", "N"))
                            .toList());
        }

        private static PutRequest put() {
            return put("k", 10);
        }

        private static PutRequest put(String key, int size) {
            byte[] value = new byte[size];
            new Random(key.hashCode()).nextBytes(value);
            return PutRequest.newBuilder()
                    .setKey(ByteString.copyFromUtf8(key))
                    .setValue(ByteString.copyFrom(value))
                    .build();
        }

        private <Q extends Message, R extends Message> boolean say(String what, GrpcMethod<Q, R> method, Q request)
                throws InterruptedException {
            try {
                client.call(method, request, LIMIT);
                said.add(what + ": done");
                return true;
            } catch (GrpcException refused) {
                said.add(what + ": " + refused.code() + " " + refused.getMessage());
                return false;
            }
        }
    }
}
