package dev.longshore.store.grpc;

import com.google.protobuf.ByteString;
import dev.longshore.store.KeyRange;
import dev.longshore.store.Txn;
import dev.longshore.store.Txn.Operation;
import dev.longshore.store.Txn.Relation;
import dev.longshore.store.Txn.Target;
import dev.longshore.store.grpc.proto.Compare;
import dev.longshore.store.grpc.proto.DeleteRangeRequest;
import dev.longshore.store.grpc.proto.PutRequest;
import dev.longshore.store.grpc.proto.RequestOp;
import dev.longshore.store.grpc.proto.TxnRequest;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// Requests as transactions of the store.
final class Transactions {

    /// As etcd's `--max-txn-ops`.
    private static final int MOST = 128;

    private Transactions() {}

    /// @throws dev.longshore.http.grpc.GrpcException for a request that makes no sense
    static Txn of(TxnRequest request) {
        int most = Math.max(request.getCompareCount(), Math.max(request.getSuccessCount(), request.getFailureCount()));
        if (most > MOST) {
            throw Refusals.TOO_MANY_OPERATIONS.exception();
        }
        return new Txn(
                request.getCompareList().stream().map(Transactions::compare).toList(),
                operations(request.getSuccessList()),
                operations(request.getFailureList()));
    }

    static Operation put(PutRequest request) {
        requireKey(request.getKey());
        if (request.getIgnoreValue() && !request.getValue().isEmpty()) {
            throw Refusals.VALUE_PROVIDED.exception();
        }
        if (request.getIgnoreLease() && request.getLease() != 0) {
            throw Refusals.LEASE_PROVIDED.exception();
        }
        if (!request.getIgnoreValue() && !request.getIgnoreLease()) {
            return new Operation.Put(
                    Ranges.key(request.getKey()),
                    request.getValue().toByteArray(),
                    request.getLease(),
                    request.getPrevKv());
        }
        return new Operation.Change(
                Ranges.key(request.getKey()),
                request.getIgnoreValue()
                        ? Optional.empty()
                        : Optional.of(request.getValue().toByteArray()),
                request.getIgnoreLease() ? OptionalLong.empty() : OptionalLong.of(request.getLease()),
                request.getPrevKv());
    }

    static Operation delete(DeleteRangeRequest request) {
        requireKey(request.getKey());
        return new Operation.Delete(Ranges.range(request.getKey(), request.getRangeEnd()), request.getPrevKv());
    }

    private static List<Operation> operations(List<RequestOp> operations) {
        return operations.stream().map(Transactions::operation).toList();
    }

    private static Operation operation(RequestOp operation) {
        return switch (operation.getRequestCase()) {
            case REQUEST_RANGE ->
                new Operation.Get(RangeReading.of(operation.getRequestRange()).query());
            case REQUEST_PUT -> put(operation.getRequestPut());
            case REQUEST_DELETE_RANGE -> delete(operation.getRequestDeleteRange());
            case REQUEST_TXN -> new Operation.Nested(of(operation.getRequestTxn()));
            case REQUEST_NOT_SET -> throw Refusals.KEY_NOT_FOUND.exception();
        };
    }

    private static Txn.Compare compare(Compare compare) {
        requireKey(compare.getKey());
        KeyRange range = Ranges.range(compare.getKey(), compare.getRangeEnd());
        return new Txn.Compare(range, target(compare), relation(compare.getResult()));
    }

    private static Target target(Compare compare) {
        return switch (compare.getTarget()) {
            case VERSION, UNRECOGNIZED -> new Target.Version(compare.getVersion());
            case CREATE -> new Target.CreateRevision(compare.getCreateRevision());
            case MOD -> new Target.ModRevision(compare.getModRevision());
            case VALUE -> new Target.Value(compare.getValue().toByteArray());
            case LEASE -> new Target.LeaseId(compare.getLease());
        };
    }

    private static Relation relation(Compare.CompareResult result) {
        return switch (result) {
            case EQUAL, UNRECOGNIZED -> Relation.EQUAL;
            case GREATER -> Relation.GREATER;
            case LESS -> Relation.LESS;
            case NOT_EQUAL -> Relation.NOT_EQUAL;
        };
    }

    private static void requireKey(ByteString key) {
        if (key.isEmpty()) {
            throw Refusals.EMPTY_KEY.exception();
        }
    }
}
