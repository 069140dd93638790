package dev.longshore.store.grpc;

import dev.longshore.store.TxnResult;
import dev.longshore.store.TxnResult.Result;
import dev.longshore.store.grpc.proto.DeleteRangeResponse;
import dev.longshore.store.grpc.proto.PutResponse;
import dev.longshore.store.grpc.proto.RequestOp;
import dev.longshore.store.grpc.proto.ResponseHeader;
import dev.longshore.store.grpc.proto.ResponseOp;
import dev.longshore.store.grpc.proto.TxnRequest;
import dev.longshore.store.grpc.proto.TxnResponse;
import java.util.List;

/// What a transaction did, told as etcd tells it: each operation with the revision that it saw or made.
final class TxnAnswer {

    private final EtcdMember member;
    private final TxnResult done;
    private long revision;

    TxnAnswer(EtcdMember member, TxnResult done) {
        this.member = member;
        this.done = done;
        this.revision = done.revision() - (wrote(done) ? 1 : 0);
    }

    /// Of the whole transaction.
    TxnResponse whole(TxnRequest request) {
        return answer(request, done).setHeader(member.header(done.revision())).build();
    }

    PutResponse put(Result result) {
        revision = done.revision();
        PutResponse.Builder answer = PutResponse.newBuilder().setHeader(header());
        if (result instanceof Result.Wrote(var previous)) {
            previous.ifPresent(entry -> answer.setPrevKv(Ranges.pair(entry)));
        }
        return answer.build();
    }

    DeleteRangeResponse delete(Result result) {
        DeleteRangeResponse.Builder answer = DeleteRangeResponse.newBuilder();
        if (result instanceof Result.Deleted(long count, var previous)) {
            revision = count > 0 ? done.revision() : revision;
            answer.setDeleted(count);
            previous.forEach(entry -> answer.addPrevKvs(Ranges.pair(entry)));
        }
        return answer.setHeader(header()).build();
    }

    private ResponseHeader header() {
        return ResponseHeader.newBuilder().setRevision(revision).build();
    }

    private TxnResponse.Builder answer(TxnRequest request, TxnResult result) {
        List<RequestOp> asked = result.succeeded() ? request.getSuccessList() : request.getFailureList();
        TxnResponse.Builder answer = TxnResponse.newBuilder().setSucceeded(result.succeeded());
        for (int i = 0; i < asked.size(); i++) {
            answer.addResponses(answer(asked.get(i), result.results().get(i)));
        }
        return answer;
    }

    private ResponseOp answer(RequestOp asked, Result result) {
        ResponseOp.Builder answer = ResponseOp.newBuilder();
        switch (result) {
            case Result.Got(var range) ->
                answer.setResponseRange(
                        new RangeReading(asked.getRequestRange()).answer(range).setHeader(header()));
            case Result.Wrote _ -> answer.setResponsePut(put(result));
            case Result.Deleted _ -> answer.setResponseDeleteRange(delete(result));
            case Result.Ran(var inner) ->
                answer.setResponseTxn(
                        answer(asked.getRequestTxn(), inner).setHeader(ResponseHeader.getDefaultInstance()));
        }
        return answer.build();
    }

    private static boolean wrote(TxnResult result) {
        return result.results().stream().anyMatch(each -> switch (each) {
            case Result.Got _ -> false;
            case Result.Wrote _ -> true;
            case Result.Deleted(long count, var _) -> count > 0;
            case Result.Ran(var inner) -> wrote(inner);
        });
    }
}
