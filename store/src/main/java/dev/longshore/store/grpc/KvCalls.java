package dev.longshore.store.grpc;

import com.google.protobuf.MessageLite;
import dev.longshore.http.grpc.GrpcMethod;
import dev.longshore.http.grpc.GrpcService;
import dev.longshore.store.EmbeddedStore;
import dev.longshore.store.StoreException;
import dev.longshore.store.Txn;
import dev.longshore.store.TxnResult;
import dev.longshore.store.grpc.proto.CompactionRequest;
import dev.longshore.store.grpc.proto.CompactionResponse;
import dev.longshore.store.grpc.proto.DeleteRangeRequest;
import dev.longshore.store.grpc.proto.DeleteRangeResponse;
import dev.longshore.store.grpc.proto.PutRequest;
import dev.longshore.store.grpc.proto.PutResponse;
import dev.longshore.store.grpc.proto.RangeRequest;
import dev.longshore.store.grpc.proto.RangeResponse;
import dev.longshore.store.grpc.proto.TxnRequest;
import dev.longshore.store.grpc.proto.TxnResponse;

/// `etcdserverpb.KV`.
record KvCalls(EmbeddedStore store, EtcdMember member) {

    private static final String NAME = "etcdserverpb.KV";
    /// As etcd's `--max-request-bytes`.
    private static final int LARGEST = 1536 * 1024;

    static final GrpcMethod<RangeRequest, RangeResponse> RANGE =
            GrpcMethod.unary(NAME + "/Range", RangeRequest.getDefaultInstance(), RangeResponse.getDefaultInstance());
    static final GrpcMethod<PutRequest, PutResponse> PUT =
            GrpcMethod.unary(NAME + "/Put", PutRequest.getDefaultInstance(), PutResponse.getDefaultInstance());
    static final GrpcMethod<DeleteRangeRequest, DeleteRangeResponse> DELETE = GrpcMethod.unary(
            NAME + "/DeleteRange", DeleteRangeRequest.getDefaultInstance(), DeleteRangeResponse.getDefaultInstance());
    static final GrpcMethod<TxnRequest, TxnResponse> TXN =
            GrpcMethod.unary(NAME + "/Txn", TxnRequest.getDefaultInstance(), TxnResponse.getDefaultInstance());
    static final GrpcMethod<CompactionRequest, CompactionResponse> COMPACT = GrpcMethod.unary(
            NAME + "/Compact", CompactionRequest.getDefaultInstance(), CompactionResponse.getDefaultInstance());

    GrpcService service() {
        return new GrpcService(NAME)
                .unary(RANGE, this::range)
                .unary(PUT, this::put)
                .unary(DELETE, this::delete)
                .unary(TXN, this::transaction)
                .unary(COMPACT, this::compact);
    }

    private RangeResponse range(RangeRequest request) {
        RangeReading reading = RangeReading.of(request);
        try {
            var found = store.range(reading.newestForNegative());
            return reading.answer(found)
                    .setHeader(member.header(found.revision()))
                    .build();
        } catch (StoreException refused) {
            throw Refusals.of(refused);
        }
    }

    /// Unlike within a transaction, a lease that is not there is noticed before a key that is not.
    private PutResponse put(PutRequest request) {
        Txn.Operation put = Transactions.put(requireSmall(request));
        if (put instanceof Txn.Operation.Change
                && request.getLease() != 0
                && store.lease(request.getLease()).isEmpty()) {
            throw Refusals.LEASE_NOT_FOUND.exception();
        }
        TxnResult done = commit(Txn.of(put));
        return new TxnAnswer(member, done).put(done.results().getFirst());
    }

    private DeleteRangeResponse delete(DeleteRangeRequest request) {
        TxnResult done = commit(Txn.of(Transactions.delete(request)));
        return new TxnAnswer(member, done).delete(done.results().getFirst());
    }

    private TxnResponse transaction(TxnRequest request) {
        TxnResult done = commit(Transactions.of(requireSmall(request)));
        return new TxnAnswer(member, done).whole(request);
    }

    private CompactionResponse compact(CompactionRequest request) {
        try {
            store.compact(request.getRevision());
        } catch (StoreException refused) {
            throw Refusals.of(refused);
        }
        return CompactionResponse.newBuilder().setHeader(member.header(store)).build();
    }

    private TxnResult commit(Txn txn) {
        try {
            return store.commit(txn);
        } catch (StoreException refused) {
            throw Refusals.of(refused);
        }
    }

    private static <M extends MessageLite> M requireSmall(M request) {
        if (request.getSerializedSize() > LARGEST) {
            throw Refusals.TOO_LARGE.exception();
        }
        return request;
    }
}
