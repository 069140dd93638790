package dev.longshore.store.etcd;

import dev.longshore.store.KeyValue;
import dev.longshore.store.RangeResult;
import dev.longshore.store.TxnResult;
import dev.longshore.store.TxnResult.Result;
import dev.longshore.store.Watcher.Event;
import dev.longshore.store.grpc.proto.Pair;
import dev.longshore.store.grpc.proto.RangeResponse;
import dev.longshore.store.grpc.proto.ResponseOp;
import dev.longshore.store.grpc.proto.TxnResponse;
import java.util.List;
import java.util.Optional;

/// etcd's answers as ours.
record EtcdAnswers(RevisionShift shift) {

    RangeResult range(RangeResponse answer) {
        return new RangeResult(
                shift.ours(answer.getHeader().getRevision()),
                entries(answer.getKvsList()),
                answer.getCount(),
                answer.getMore());
    }

    TxnResult txn(TxnResponse answer) {
        return txn(answer, shift.ours(answer.getHeader().getRevision()));
    }

    /// Transactions within have no header of their own.
    private TxnResult txn(TxnResponse answer, long revision) {
        return new TxnResult(
                revision,
                answer.getSucceeded(),
                answer.getResponsesList().stream()
                        .map(each -> result(each, revision))
                        .toList());
    }

    private Result result(ResponseOp answer, long revision) {
        return switch (answer.getResponseCase()) {
            case RESPONSE_RANGE -> new Result.Got(range(answer.getResponseRange()));
            case RESPONSE_PUT ->
                new Result.Wrote(
                        answer.getResponsePut().hasPrevKv()
                                ? Optional.of(
                                        shift.entry(answer.getResponsePut().getPrevKv()))
                                : Optional.empty());
            case RESPONSE_DELETE_RANGE ->
                new Result.Deleted(
                        answer.getResponseDeleteRange().getDeleted(),
                        entries(answer.getResponseDeleteRange().getPrevKvsList()));
            case RESPONSE_TXN -> new Result.Ran(txn(answer.getResponseTxn(), revision));
            case RESPONSE_NOT_SET -> throw new IllegalStateException("an empty answer of etcd");
        };
    }

    Event event(dev.longshore.store.grpc.proto.Event event) {
        KeyValue entry = shift.entry(event.getKv());
        Optional<KeyValue> previous =
                event.hasPrevKv() ? Optional.of(shift.entry(event.getPrevKv())) : Optional.empty();
        return switch (event.getType()) {
            case PUT, UNRECOGNIZED -> new Event.Put(entry, previous);
            case DELETE -> new Event.Delete(entry, previous);
        };
    }

    private List<KeyValue> entries(List<Pair> pairs) {
        return pairs.stream().map(shift::entry).toList();
    }
}
