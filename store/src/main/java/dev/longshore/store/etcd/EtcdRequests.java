package dev.longshore.store.etcd;

import com.google.protobuf.ByteString;
import dev.longshore.store.KeyRange;
import dev.longshore.store.RangeQuery;
import dev.longshore.store.StoreException;
import dev.longshore.store.StoreFault;
import dev.longshore.store.Txn;
import dev.longshore.store.Txn.Operation;
import dev.longshore.store.Txn.Relation;
import dev.longshore.store.Txn.Target;
import dev.longshore.store.grpc.proto.Compare;
import dev.longshore.store.grpc.proto.Compare.CompareTarget;
import dev.longshore.store.grpc.proto.DeleteRangeRequest;
import dev.longshore.store.grpc.proto.PutRequest;
import dev.longshore.store.grpc.proto.RangeRequest;
import dev.longshore.store.grpc.proto.RequestOp;
import dev.longshore.store.grpc.proto.TxnRequest;
import java.util.List;

/// Our questions as etcd's.
record EtcdRequests(RevisionShift shift) {

    /// Never the revision of anything.
    private static final long NO_REVISION = -1;

    RangeRequest.Builder range(RangeQuery query) {
        if (shift.isBefore(query.revision())) {
            throw new StoreException(new StoreFault.Compacted(query.revision(), shift.by()));
        }
        return RangeRequest.newBuilder()
                .setKey(EtcdRanges.start(query.range()))
                .setRangeEnd(EtcdRanges.end(query.range()))
                .setRevision(shift.theirs(query.revision()))
                .setLimit(query.limit())
                .setKeysOnly(query.keysOnly())
                .setCountOnly(query.countOnly());
    }

    TxnRequest txn(Txn txn) {
        TxnRequest.Builder request = TxnRequest.newBuilder();
        txn.compares().forEach(compare -> request.addCompare(compare(compare)));
        return request.addAllSuccess(operations(txn.success()))
                .addAllFailure(operations(txn.failure()))
                .build();
    }

    private List<RequestOp> operations(List<Operation> operations) {
        return operations.stream().map(this::operation).toList();
    }

    private RequestOp operation(Operation operation) {
        RequestOp.Builder made = RequestOp.newBuilder();
        switch (operation) {
            case Operation.Get(RangeQuery query) -> made.setRequestRange(range(query));
            case Operation.Put put -> made.setRequestPut(put(put));
            case Operation.Change change -> made.setRequestPut(change(change));
            case Operation.Delete(KeyRange range, boolean previous) ->
                made.setRequestDeleteRange(DeleteRangeRequest.newBuilder()
                        .setKey(EtcdRanges.start(range))
                        .setRangeEnd(EtcdRanges.end(range))
                        .setPrevKv(previous));
            case Operation.Nested(Txn inner) -> made.setRequestTxn(txn(inner));
        }
        return made.build();
    }

    private static PutRequest.Builder put(Operation.Put put) {
        return PutRequest.newBuilder()
                .setKey(EtcdRanges.key(put.key()))
                .setValue(ByteString.copyFrom(put.value()))
                .setLease(put.lease())
                .setPrevKv(put.previous());
    }

    private static PutRequest.Builder change(Operation.Change change) {
        PutRequest.Builder put = PutRequest.newBuilder()
                .setKey(EtcdRanges.key(change.key()))
                .setPrevKv(change.previous())
                .setIgnoreValue(change.value().isEmpty())
                .setIgnoreLease(change.lease().isEmpty());
        change.value().ifPresent(value -> put.setValue(ByteString.copyFrom(value)));
        change.lease().ifPresent(put::setLease);
        return put;
    }

    private Compare compare(Txn.Compare compare) {
        Compare.Builder made = Compare.newBuilder()
                .setKey(EtcdRanges.start(compare.range()))
                .setRangeEnd(EtcdRanges.end(compare.range()))
                .setResult(relation(compare.relation()));
        switch (compare.target()) {
            case Target.Version(long value) ->
                made.setTarget(CompareTarget.VERSION).setVersion(value);
            case Target.CreateRevision(long value) ->
                made.setTarget(CompareTarget.CREATE).setCreateRevision(compared(value, compare.relation()));
            case Target.ModRevision(long value) ->
                made.setTarget(CompareTarget.MOD).setModRevision(compared(value, compare.relation()));
            case Target.Value(byte[] value) ->
                made.setTarget(CompareTarget.VALUE).setValue(ByteString.copyFrom(value));
            case Target.LeaseId(long value) ->
                made.setTarget(CompareTarget.LEASE).setLease(value);
        }
        return made.build();
    }

    /// A revision before this etcd lies between that of what does not exist and those of all that does.
    private long compared(long revision, Relation relation) {
        if (!shift.isBefore(revision)) {
            return shift.theirs(revision);
        }
        return switch (relation) {
            case EQUAL, NOT_EQUAL -> NO_REVISION;
            case GREATER -> 0;
            case LESS -> 1;
        };
    }

    private static Compare.CompareResult relation(Relation relation) {
        return switch (relation) {
            case EQUAL -> Compare.CompareResult.EQUAL;
            case NOT_EQUAL -> Compare.CompareResult.NOT_EQUAL;
            case GREATER -> Compare.CompareResult.GREATER;
            case LESS -> Compare.CompareResult.LESS;
        };
    }
}
