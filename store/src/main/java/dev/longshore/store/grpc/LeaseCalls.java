package dev.longshore.store.grpc;

import com.google.protobuf.ByteString;
import dev.longshore.http.grpc.Conversation;
import dev.longshore.http.grpc.GrpcMethod;
import dev.longshore.http.grpc.GrpcService;
import dev.longshore.store.EmbeddedStore;
import dev.longshore.store.Lease;
import dev.longshore.store.StoreException;
import dev.longshore.store.StoreFault;
import dev.longshore.store.grpc.proto.LeaseGrantRequest;
import dev.longshore.store.grpc.proto.LeaseGrantResponse;
import dev.longshore.store.grpc.proto.LeaseKeepAliveRequest;
import dev.longshore.store.grpc.proto.LeaseKeepAliveResponse;
import dev.longshore.store.grpc.proto.LeaseLeasesRequest;
import dev.longshore.store.grpc.proto.LeaseLeasesResponse;
import dev.longshore.store.grpc.proto.LeaseRevokeRequest;
import dev.longshore.store.grpc.proto.LeaseRevokeResponse;
import dev.longshore.store.grpc.proto.LeaseStatus;
import dev.longshore.store.grpc.proto.LeaseTimeToLiveRequest;
import dev.longshore.store.grpc.proto.LeaseTimeToLiveResponse;
import java.time.Duration;
import java.util.Optional;

/// `etcdserverpb.Lease`.
record LeaseCalls(EmbeddedStore store, EtcdMember member) {

    private static final String NAME = "etcdserverpb.Lease";
    /// Of a lease that is not there.
    private static final long GONE = -1;
    /// Seconds: what etcd gives at least with its usual election timeout, and at most.
    private static final long SHORTEST = 2;

    private static final long LONGEST = 9_000_000_000L;

    static final GrpcMethod<LeaseGrantRequest, LeaseGrantResponse> GRANT = GrpcMethod.unary(
            NAME + "/LeaseGrant", LeaseGrantRequest.getDefaultInstance(), LeaseGrantResponse.getDefaultInstance());
    static final GrpcMethod<LeaseRevokeRequest, LeaseRevokeResponse> REVOKE = GrpcMethod.unary(
            NAME + "/LeaseRevoke", LeaseRevokeRequest.getDefaultInstance(), LeaseRevokeResponse.getDefaultInstance());
    static final GrpcMethod<LeaseKeepAliveRequest, LeaseKeepAliveResponse> KEEP_ALIVE = GrpcMethod.bothMany(
            NAME + "/LeaseKeepAlive",
            LeaseKeepAliveRequest.getDefaultInstance(),
            LeaseKeepAliveResponse.getDefaultInstance());
    static final GrpcMethod<LeaseTimeToLiveRequest, LeaseTimeToLiveResponse> TIME_TO_LIVE = GrpcMethod.unary(
            NAME + "/LeaseTimeToLive",
            LeaseTimeToLiveRequest.getDefaultInstance(),
            LeaseTimeToLiveResponse.getDefaultInstance());
    static final GrpcMethod<LeaseLeasesRequest, LeaseLeasesResponse> LEASES = GrpcMethod.unary(
            NAME + "/LeaseLeases", LeaseLeasesRequest.getDefaultInstance(), LeaseLeasesResponse.getDefaultInstance());

    GrpcService service() {
        return new GrpcService(NAME)
                .unary(GRANT, this::grant)
                .unary(REVOKE, this::revoke)
                .conversation(KEEP_ALIVE, this::keepAlive)
                .unary(TIME_TO_LIVE, this::timeToLive)
                .unary(LEASES, _ -> leases());
    }

    private LeaseGrantResponse grant(LeaseGrantRequest request) {
        if (request.getTTL() > LONGEST) {
            throw Refusals.LEASE_TOO_LONG.exception();
        }
        try {
            Lease lease = store.grant(request.getID(), Duration.ofSeconds(Math.max(SHORTEST, request.getTTL())));
            return LeaseGrantResponse.newBuilder()
                    .setHeader(member.header(store))
                    .setID(lease.id())
                    .setTTL(lease.ttl().toSeconds())
                    .build();
        } catch (StoreException refused) {
            throw Refusals.of(refused);
        }
    }

    private LeaseRevokeResponse revoke(LeaseRevokeRequest request) {
        try {
            store.revoke(request.getID());
            return LeaseRevokeResponse.newBuilder()
                    .setHeader(member.header(store))
                    .build();
        } catch (StoreException refused) {
            throw Refusals.of(refused);
        }
    }

    private void keepAlive(Conversation<LeaseKeepAliveRequest, LeaseKeepAliveResponse> talk)
            throws InterruptedException {
        for (Optional<LeaseKeepAliveRequest> next = talk.receive(); next.isPresent(); next = talk.receive()) {
            long id = next.get().getID();
            talk.send(LeaseKeepAliveResponse.newBuilder()
                    .setHeader(member.header(store))
                    .setID(id)
                    .setTTL(renewed(id))
                    .build());
        }
    }

    /// Seconds; 0 says that it is gone.
    private long renewed(long id) {
        try {
            return store.keepAlive(id).ttl().toSeconds();
        } catch (StoreException refused) {
            if (refused.fault() instanceof StoreFault.LeaseNotFound) {
                return 0;
            }
            throw Refusals.of(refused);
        }
    }

    private LeaseTimeToLiveResponse timeToLive(LeaseTimeToLiveRequest request) {
        LeaseTimeToLiveResponse.Builder answer = LeaseTimeToLiveResponse.newBuilder()
                .setHeader(member.header(store))
                .setID(request.getID());
        Optional<Lease> known = store.lease(request.getID());
        if (known.isEmpty()) {
            return answer.setTTL(GONE).build();
        }
        answer.setTTL(known.get().remaining().toSeconds())
                .setGrantedTTL(known.get().ttl().toSeconds());
        try {
            if (request.getKeys()) {
                store.attached(request.getID()).forEach(key -> answer.addKeys(ByteString.copyFrom(key.bytes())));
            }
            return answer.build();
        } catch (StoreException ended) {
            return answer.setTTL(GONE).setGrantedTTL(0).build();
        }
    }

    private LeaseLeasesResponse leases() {
        LeaseLeasesResponse.Builder answer = LeaseLeasesResponse.newBuilder().setHeader(member.header(store));
        store.leases()
                .forEach(lease -> answer.addLeases(LeaseStatus.newBuilder().setID(lease.id())));
        return answer.build();
    }
}
