package dev.longshore.store.etcd;

import dev.longshore.http.grpc.GrpcException;
import dev.longshore.store.KeyRange;
import dev.longshore.store.KeyValue;
import dev.longshore.store.RangeQuery;
import dev.longshore.store.RangeResult;
import dev.longshore.store.StoreException;
import dev.longshore.store.StoreFault;
import dev.longshore.store.grpc.proto.RangeResponse;
import java.util.ArrayList;
import java.util.List;

/// Reads ranges, the large ones in pieces, all of one revision.
final class EtcdReader {

    private static final int FIRST_PIECE = 500;
    private static final int MOST_KEYS = 10_000;
    private static final long SMALL_PIECE = 1L << 20;
    private static final long LARGE_PIECE = 8L << 20;

    /// Whoever compacts while a list is read cannot do so again and again.
    private static final int TRIES = 3;

    private final EtcdMembers members;
    private final EtcdRequests requests;
    private final EtcdAnswers answers;

    EtcdReader(EtcdMembers members, RevisionShift shift) {
        this.members = members;
        this.requests = new EtcdRequests(shift);
        this.answers = new EtcdAnswers(shift);
    }

    /// As [dev.longshore.store.Store#range].
    ///
    /// @throws GrpcException as etcd refuses
    RangeResult read(RangeQuery query) {
        if (query.countOnly() || query.range().isSingle()) {
            return answers.range(piece(query));
        }
        for (int attempt = 1; ; attempt++) {
            try {
                return whole(query);
            } catch (GrpcException refused) {
                boolean isOurs = query.revision() == 0;
                if (!isOurs || !EtcdFaults.isCompacted(refused) || attempt == TRIES) {
                    throw refused;
                }
            }
        }
    }

    private RangeResult whole(RangeQuery query) {
        List<KeyValue> entries = new ArrayList<>();
        long left = query.limit() == 0 ? Long.MAX_VALUE : query.limit();
        long size = Math.min(left, FIRST_PIECE);
        RangeResponse response = piece(with(query, query.range(), query.revision(), size));
        RangeResult first = answers.range(response);
        long at = query.revision() == 0 ? first.revision() : query.revision();
        RangeResult piece = first;
        while (true) {
            entries.addAll(piece.entries());
            left -= piece.entries().size();
            if (!piece.more() || left <= 0) {
                return new RangeResult(first.revision(), List.copyOf(entries), first.count(), piece.more());
            }
            size = Math.min(left, next(size, response.getSerializedSize()));
            var rest = new KeyRange(
                    entries.getLast().key().successor(), query.range().end());
            response = piece(with(query, rest, at, size));
            piece = answers.range(response);
        }
    }

    /// Pieces of some megabytes.
    private static long next(long size, long bytes) {
        if (bytes > LARGE_PIECE) {
            return Math.max(1, size / 4);
        }
        return bytes < SMALL_PIECE ? Math.min(size * 4, MOST_KEYS) : size;
    }

    private static RangeQuery with(RangeQuery query, KeyRange range, long revision, long limit) {
        return new RangeQuery(range, revision, limit, query.keysOnly(), query.countOnly());
    }

    private RangeResponse piece(RangeQuery query) {
        if (query.revision() < 0) {
            throw new StoreException(new StoreFault.Invalid("revision " + query.revision()));
        }
        return members.ask(EtcdMethods.RANGE, requests.range(query).build(), EtcdMembers.Repeat.SAFE);
    }
}
