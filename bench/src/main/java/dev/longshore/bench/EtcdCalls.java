package dev.longshore.bench;

import com.google.protobuf.ByteString;
import dev.longshore.http.grpc.GrpcMethod;
import dev.longshore.store.grpc.proto.PutRequest;
import dev.longshore.store.grpc.proto.PutResponse;
import dev.longshore.store.grpc.proto.RangeRequest;
import dev.longshore.store.grpc.proto.RangeResponse;
import dev.longshore.store.grpc.proto.TxnRequest;
import dev.longshore.store.grpc.proto.TxnResponse;
import dev.longshore.store.grpc.proto.WatchRequest;
import dev.longshore.store.grpc.proto.WatchResponse;
import java.time.Duration;

/// The calls of etcd that benchmarks make.
final class EtcdCalls {

    static final GrpcMethod<PutRequest, PutResponse> PUT =
            GrpcMethod.unary("etcdserverpb.KV/Put", PutRequest.getDefaultInstance(), PutResponse.getDefaultInstance());
    static final GrpcMethod<RangeRequest, RangeResponse> RANGE = GrpcMethod.unary(
            "etcdserverpb.KV/Range", RangeRequest.getDefaultInstance(), RangeResponse.getDefaultInstance());
    static final GrpcMethod<TxnRequest, TxnResponse> TXN =
            GrpcMethod.unary("etcdserverpb.KV/Txn", TxnRequest.getDefaultInstance(), TxnResponse.getDefaultInstance());
    static final GrpcMethod<WatchRequest, WatchResponse> WATCH = GrpcMethod.bothMany(
            "etcdserverpb.Watch/Watch", WatchRequest.getDefaultInstance(), WatchResponse.getDefaultInstance());
    static final Duration LIMIT = Duration.ofSeconds(60);

    private EtcdCalls() {}

    static PutRequest put(String key, ByteString value) {
        return PutRequest.newBuilder()
                .setKey(ByteString.copyFromUtf8(key))
                .setValue(value)
                .build();
    }

    static RangeRequest get(String key) {
        return RangeRequest.newBuilder().setKey(ByteString.copyFromUtf8(key)).build();
    }
}
