package dev.longshore.store.etcd;

import dev.longshore.http.grpc.GrpcMethod;
import dev.longshore.store.grpc.proto.CompactionRequest;
import dev.longshore.store.grpc.proto.CompactionResponse;
import dev.longshore.store.grpc.proto.LeaseGrantRequest;
import dev.longshore.store.grpc.proto.LeaseGrantResponse;
import dev.longshore.store.grpc.proto.LeaseKeepAliveRequest;
import dev.longshore.store.grpc.proto.LeaseKeepAliveResponse;
import dev.longshore.store.grpc.proto.LeaseRevokeRequest;
import dev.longshore.store.grpc.proto.LeaseRevokeResponse;
import dev.longshore.store.grpc.proto.LeaseTimeToLiveRequest;
import dev.longshore.store.grpc.proto.LeaseTimeToLiveResponse;
import dev.longshore.store.grpc.proto.RangeRequest;
import dev.longshore.store.grpc.proto.RangeResponse;
import dev.longshore.store.grpc.proto.TxnRequest;
import dev.longshore.store.grpc.proto.TxnResponse;
import dev.longshore.store.grpc.proto.WatchRequest;
import dev.longshore.store.grpc.proto.WatchResponse;

/// The calls of etcd that are used here.
final class EtcdMethods {

    static final GrpcMethod<RangeRequest, RangeResponse> RANGE = GrpcMethod.unary(
            "etcdserverpb.KV/Range", RangeRequest.getDefaultInstance(), RangeResponse.getDefaultInstance());
    static final GrpcMethod<TxnRequest, TxnResponse> TXN =
            GrpcMethod.unary("etcdserverpb.KV/Txn", TxnRequest.getDefaultInstance(), TxnResponse.getDefaultInstance());
    static final GrpcMethod<CompactionRequest, CompactionResponse> COMPACT = GrpcMethod.unary(
            "etcdserverpb.KV/Compact", CompactionRequest.getDefaultInstance(), CompactionResponse.getDefaultInstance());
    static final GrpcMethod<WatchRequest, WatchResponse> WATCH = GrpcMethod.bothMany(
            "etcdserverpb.Watch/Watch", WatchRequest.getDefaultInstance(), WatchResponse.getDefaultInstance());
    static final GrpcMethod<LeaseGrantRequest, LeaseGrantResponse> GRANT = GrpcMethod.unary(
            "etcdserverpb.Lease/LeaseGrant",
            LeaseGrantRequest.getDefaultInstance(),
            LeaseGrantResponse.getDefaultInstance());
    static final GrpcMethod<LeaseRevokeRequest, LeaseRevokeResponse> REVOKE = GrpcMethod.unary(
            "etcdserverpb.Lease/LeaseRevoke",
            LeaseRevokeRequest.getDefaultInstance(),
            LeaseRevokeResponse.getDefaultInstance());
    static final GrpcMethod<LeaseKeepAliveRequest, LeaseKeepAliveResponse> KEEP_ALIVE = GrpcMethod.bothMany(
            "etcdserverpb.Lease/LeaseKeepAlive",
            LeaseKeepAliveRequest.getDefaultInstance(),
            LeaseKeepAliveResponse.getDefaultInstance());
    static final GrpcMethod<LeaseTimeToLiveRequest, LeaseTimeToLiveResponse> TIME_TO_LIVE = GrpcMethod.unary(
            "etcdserverpb.Lease/LeaseTimeToLive",
            LeaseTimeToLiveRequest.getDefaultInstance(),
            LeaseTimeToLiveResponse.getDefaultInstance());

    private EtcdMethods() {}
}
