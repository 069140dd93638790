package dev.longshore.store.grpc;

import dev.longshore.http.grpc.Conversation;
import dev.longshore.http.grpc.GrpcMethod;
import dev.longshore.http.grpc.GrpcService;
import dev.longshore.store.EmbeddedStore;
import dev.longshore.store.StateView;
import dev.longshore.store.StoreException;
import dev.longshore.store.grpc.proto.AlarmMember;
import dev.longshore.store.grpc.proto.AlarmRequest;
import dev.longshore.store.grpc.proto.AlarmResponse;
import dev.longshore.store.grpc.proto.AlarmType;
import dev.longshore.store.grpc.proto.AuthStatusRequest;
import dev.longshore.store.grpc.proto.AuthStatusResponse;
import dev.longshore.store.grpc.proto.DefragmentRequest;
import dev.longshore.store.grpc.proto.DefragmentResponse;
import dev.longshore.store.grpc.proto.HashKVRequest;
import dev.longshore.store.grpc.proto.HashKVResponse;
import dev.longshore.store.grpc.proto.HashRequest;
import dev.longshore.store.grpc.proto.HashResponse;
import dev.longshore.store.grpc.proto.Member;
import dev.longshore.store.grpc.proto.MemberListRequest;
import dev.longshore.store.grpc.proto.MemberListResponse;
import dev.longshore.store.grpc.proto.SnapshotRequest;
import dev.longshore.store.grpc.proto.SnapshotResponse;
import dev.longshore.store.grpc.proto.StatusRequest;
import dev.longshore.store.grpc.proto.StatusResponse;
import dev.longshore.store.snapshot.Snapshots;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.List;

/// `etcdserverpb.Maintenance`, `.Cluster` and `.Auth`, as far as a cluster of one member without users has them. What
/// is not offered here is answered with `UNIMPLEMENTED`.
record MemberCalls(EmbeddedStore store, EtcdMember member) {

    private static final String MAINTENANCE = "etcdserverpb.Maintenance";
    private static final String CLUSTER = "etcdserverpb.Cluster";
    /// The compacted revision of a store that never was.
    private static final long NEVER = -1;

    private static final String AUTH = "etcdserverpb.Auth";

    static final GrpcMethod<StatusRequest, StatusResponse> STATUS = GrpcMethod.unary(
            MAINTENANCE + "/Status", StatusRequest.getDefaultInstance(), StatusResponse.getDefaultInstance());
    static final GrpcMethod<DefragmentRequest, DefragmentResponse> DEFRAGMENT = GrpcMethod.unary(
            MAINTENANCE + "/Defragment",
            DefragmentRequest.getDefaultInstance(),
            DefragmentResponse.getDefaultInstance());
    static final GrpcMethod<HashRequest, HashResponse> HASH = GrpcMethod.unary(
            MAINTENANCE + "/Hash", HashRequest.getDefaultInstance(), HashResponse.getDefaultInstance());
    static final GrpcMethod<HashKVRequest, HashKVResponse> HASH_KV = GrpcMethod.unary(
            MAINTENANCE + "/HashKV", HashKVRequest.getDefaultInstance(), HashKVResponse.getDefaultInstance());
    static final GrpcMethod<AlarmRequest, AlarmResponse> ALARM = GrpcMethod.unary(
            MAINTENANCE + "/Alarm", AlarmRequest.getDefaultInstance(), AlarmResponse.getDefaultInstance());
    static final GrpcMethod<SnapshotRequest, SnapshotResponse> SNAPSHOT = GrpcMethod.answersMany(
            MAINTENANCE + "/Snapshot", SnapshotRequest.getDefaultInstance(), SnapshotResponse.getDefaultInstance());
    static final GrpcMethod<MemberListRequest, MemberListResponse> MEMBERS = GrpcMethod.unary(
            CLUSTER + "/MemberList", MemberListRequest.getDefaultInstance(), MemberListResponse.getDefaultInstance());
    static final GrpcMethod<AuthStatusRequest, AuthStatusResponse> AUTH_STATUS = GrpcMethod.unary(
            AUTH + "/AuthStatus", AuthStatusRequest.getDefaultInstance(), AuthStatusResponse.getDefaultInstance());

    List<GrpcService> services() {
        return List.of(
                new GrpcService(MAINTENANCE)
                        .unary(STATUS, _ -> status())
                        .unary(DEFRAGMENT, _ -> defragment())
                        .unary(HASH, _ -> hash())
                        .unary(HASH_KV, this::hash)
                        .unary(ALARM, this::alarm)
                        .answersMany(SNAPSHOT, (_, to) -> snapshot(to)),
                new GrpcService(CLUSTER).unary(MEMBERS, _ -> members()),
                new GrpcService(AUTH).unary(AUTH_STATUS, _ -> authStatus()));
    }

    private StatusResponse status() {
        long size = store.size();
        long revision = store.revision();
        StatusResponse.Builder answer = StatusResponse.newBuilder()
                .setHeader(member.header(revision))
                .setVersion(EtcdMember.VERSION)
                .setDbSize(size)
                .setDbSizeInUse(size)
                .setLeader(member.member())
                .setRaftIndex(revision)
                .setRaftTerm(EtcdMember.TERM)
                .setRaftAppliedIndex(revision);
        store.full()
                .ifPresent(why ->
                        answer.addErrors("memberID:" + Long.toUnsignedString(member.member()) + " alarm:NOSPACE "));
        return answer.build();
    }

    private DefragmentResponse defragment() {
        store.defragment();
        return DefragmentResponse.newBuilder().setHeader(member.header(store)).build();
    }

    private HashResponse hash() {
        return HashResponse.newBuilder()
                .setHeader(member.header(store))
                .setHash(store.hash(0).value())
                .build();
    }

    private HashKVResponse hash(HashKVRequest request) {
        try {
            EmbeddedStore.Hash hash = store.hash(request.getRevision());
            return HashKVResponse.newBuilder()
                    .setHeader(member.header(hash.revision()))
                    .setHash(hash.value())
                    .setCompactRevision(hash.compacted() == 0 ? NEVER : hash.compacted())
                    .build();
        } catch (StoreException refused) {
            throw Refusals.of(refused);
        }
    }

    /// There is one alarm. That of the quota stays until it is disarmed; that of a full disk comes and goes with it.
    private AlarmResponse alarm(AlarmRequest request) {
        boolean isMeant = request.getAlarm() == AlarmType.NOSPACE;
        boolean isTold = store.full().isPresent();
        switch (request.getAction()) {
            case GET -> isTold &= isMeant || request.getAlarm() == AlarmType.NONE;
            case ACTIVATE -> {
                isTold = isMeant;
                if (isMeant) {
                    alarm(true);
                }
            }
            case DEACTIVATE -> {
                isTold &= isMeant && request.getMemberID() == member.member();
                if (isTold) {
                    alarm(false);
                }
            }
            case UNRECOGNIZED -> isTold = false;
        }
        AlarmResponse.Builder answer = AlarmResponse.newBuilder().setHeader(member.header(store));
        if (isTold) {
            answer.addAlarms(
                    AlarmMember.newBuilder().setMemberID(member.member()).setAlarm(AlarmType.NOSPACE));
        }
        return answer.build();
    }

    private void alarm(boolean isRaised) {
        try {
            store.alarm(isRaised);
        } catch (StoreException refused) {
            throw Refusals.of(refused);
        }
    }

    /// The state of now, not etcd's file: `longshore restore` reads it, `etcdctl snapshot status` cannot. Read
    /// twice, for who receives it is told from the beginning how much there is.
    private void snapshot(Conversation<SnapshotRequest, SnapshotResponse> to) throws InterruptedException {
        try (StateView view = store.view()) {
            var size = new Counted();
            Snapshots.write(view, member.id(), size);
            Snapshots.write(view, member.id(), new SnapshotPieces(to, size.bytes));
        } catch (StoreException refused) {
            throw Refusals.of(refused);
        } catch (InterruptedIOException left) {
            throw new InterruptedException(left.getMessage());
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    private static final class Counted extends OutputStream {
        private long bytes;

        @Override
        public void write(int each) {
            bytes++;
        }

        @Override
        public void write(byte[] some, int from, int length) {
            bytes += length;
        }
    }

    private MemberListResponse members() {
        return MemberListResponse.newBuilder()
                .setHeader(member.header(store))
                .addMembers(Member.newBuilder()
                        .setID(member.member())
                        .setName(member.name())
                        .addPeerURLs(member.url())
                        .addClientURLs(member.url()))
                .build();
    }

    private AuthStatusResponse authStatus() {
        return AuthStatusResponse.newBuilder()
                .setHeader(member.header(store))
                .setAuthRevision(1)
                .build();
    }
}
