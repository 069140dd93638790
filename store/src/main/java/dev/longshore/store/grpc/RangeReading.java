package dev.longshore.store.grpc;

import dev.longshore.store.KeyValue;
import dev.longshore.store.RangeQuery;
import dev.longshore.store.RangeResult;
import dev.longshore.store.grpc.proto.RangeRequest;
import dev.longshore.store.grpc.proto.RangeRequest.SortOrder;
import dev.longshore.store.grpc.proto.RangeRequest.SortTarget;
import dev.longshore.store.grpc.proto.RangeResponse;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/// What one range request wants: what the store is asked, and what is made of its answer. The store knows no other
/// order than that of keys, and no bounds of revisions: with either it is asked for everything.
record RangeReading(RangeRequest request) {

    /// @throws dev.longshore.http.grpc.GrpcException for a request that makes no sense
    static RangeReading of(RangeRequest request) {
        if (request.getKey().isEmpty()) {
            throw Refusals.EMPTY_KEY.exception();
        }
        return new RangeReading(request);
    }

    RangeQuery query() {
        boolean wantsValues = order() != SortOrder.NONE && request.getSortTarget() == SortTarget.VALUE;
        return new RangeQuery(
                Ranges.range(request.getKey(), request.getRangeEnd()),
                request.getRevision(),
                limit(),
                request.getKeysOnly() && !wantsValues,
                request.getCountOnly());
    }

    /// Etcd sorts by what is no key also when no order is asked for: then only what it would have read anyway, and one
    /// more.
    private long limit() {
        if (request.getSortOrder() != SortOrder.NONE || hasBounds() || request.getLimit() <= 0) {
            return 0;
        }
        return order() == SortOrder.NONE ? request.getLimit() : request.getLimit() + 1;
    }

    /// Alone, a request for a revision below 0 is one for the newest.
    RangeQuery newestForNegative() {
        RangeQuery query = query();
        return query.revision() >= 0
                ? query
                : new RangeQuery(query.range(), 0, query.limit(), query.keysOnly(), query.countOnly());
    }

    /// The answer, without its header.
    RangeResponse.Builder answer(RangeResult found) {
        List<KeyValue> entries = found.entries().stream().filter(this::isWithin).toList();
        if (order() != SortOrder.NONE) {
            entries = entries.stream().sorted(comparator()).toList();
        }
        boolean isCut = request.getLimit() > 0 && entries.size() > request.getLimit();
        RangeResponse.Builder answer =
                RangeResponse.newBuilder().setMore(found.more() || isCut).setCount(found.count());
        entries.stream()
                .limit(isCut ? request.getLimit() : entries.size())
                .forEach(entry -> answer.addKvs(Ranges.pair(entry, !request.getKeysOnly())));
        return answer;
    }

    private SortOrder order() {
        boolean isByKey = request.getSortTarget() == SortTarget.KEY;
        if (request.getSortOrder() == SortOrder.NONE) {
            return isByKey ? SortOrder.NONE : SortOrder.ASCEND;
        }
        // That is their order anyway.
        return isByKey && request.getSortOrder() == SortOrder.ASCEND ? SortOrder.NONE : request.getSortOrder();
    }

    private Comparator<KeyValue> comparator() {
        Comparator<KeyValue> ascending =
                switch (request.getSortTarget()) {
                    case KEY, UNRECOGNIZED -> Comparator.comparing(KeyValue::key);
                    case VERSION -> Comparator.comparingLong(KeyValue::version);
                    case CREATE -> Comparator.comparingLong(KeyValue::createRevision);
                    case MOD -> Comparator.comparingLong(KeyValue::modRevision);
                    case VALUE -> (left, right) -> Arrays.compareUnsigned(left.value(), right.value());
                };
        return order() == SortOrder.DESCEND ? ascending.reversed() : ascending;
    }

    private boolean hasBounds() {
        return request.getMinModRevision() != 0
                || request.getMaxModRevision() != 0
                || request.getMinCreateRevision() != 0
                || request.getMaxCreateRevision() != 0;
    }

    private boolean isWithin(KeyValue entry) {
        return isWithin(entry.modRevision(), request.getMinModRevision(), request.getMaxModRevision())
                && isWithin(entry.createRevision(), request.getMinCreateRevision(), request.getMaxCreateRevision());
    }

    /// 0 is no bound.
    private static boolean isWithin(long revision, long least, long most) {
        return (least == 0 || revision >= least) && (most == 0 || revision <= most);
    }
}
