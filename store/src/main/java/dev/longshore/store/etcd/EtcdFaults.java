package dev.longshore.store.etcd;

import dev.longshore.http.grpc.GrpcException;
import dev.longshore.store.StoreFault;
import java.util.function.LongSupplier;

/// What etcd's refusals mean.
final class EtcdFaults {

    private EtcdFaults() {}

    /// How far a request came.
    enum Fate {
        /// etcd said no, and would again.
        REFUSED,
        /// Nothing has happened; another member, or the same one later, may do it.
        NOT_DONE,
        /// Perhaps it was done, perhaps it will be.
        UNKNOWN
    }

    static Fate fate(GrpcException refused) {
        return switch (refused.code()) {
            case INVALID_ARGUMENT,
                    OUT_OF_RANGE,
                    NOT_FOUND,
                    ALREADY_EXISTS,
                    FAILED_PRECONDITION,
                    PERMISSION_DENIED,
                    UNAUTHENTICATED,
                    UNIMPLEMENTED,
                    DATA_LOSS -> Fate.REFUSED;
            case RESOURCE_EXHAUSTED -> says(refused, "too many requests") ? Fate.NOT_DONE : Fate.REFUSED;
            // A member without a leader says so before it does anything, if it is asked to (`hasleader`).
            case UNAVAILABLE -> says(refused, "etcdserver: no leader") ? Fate.NOT_DONE : Fate.UNKNOWN;
            case OK, CANCELLED, UNKNOWN, DEADLINE_EXCEEDED, ABORTED, INTERNAL -> Fate.UNKNOWN;
        };
    }

    /// What a refusal means.
    ///
    /// @param asked the revision or the lease that was asked for
    /// @param oldest tells the oldest revision that can be read
    /// @param newest tells the newest
    static StoreFault fault(GrpcException refused, long asked, LongSupplier oldest, LongSupplier newest) {
        if (isCompacted(refused)) {
            return new StoreFault.Compacted(asked, oldest.getAsLong());
        }
        if (says(refused, "is a future revision")) {
            return new StoreFault.FutureRevision(asked, newest.getAsLong());
        }
        if (says(refused, "requested lease not found")) {
            return new StoreFault.LeaseNotFound(asked);
        }
        if (says(refused, "lease already exists")) {
            return new StoreFault.LeaseExists(asked);
        }
        if (says(refused, "database space exceeded")) {
            return new StoreFault.NoSpace(refused.getMessage());
        }
        if (says(refused, "etcdserver: key not found")) {
            return new StoreFault.NoSuchKey("in the transaction");
        }
        return switch (refused.code()) {
            case PERMISSION_DENIED, UNAUTHENTICATED -> new StoreFault.Unavailable(refused.getMessage());
            case DATA_LOSS -> new StoreFault.Damaged(refused.getMessage());
            default -> new StoreFault.Invalid(refused.getMessage());
        };
    }

    /// Whether the revision that was asked for is gone.
    static boolean isCompacted(GrpcException refused) {
        return says(refused, "revision has been compacted");
    }

    private static boolean says(GrpcException refused, String words) {
        return refused.getMessage().contains(words);
    }
}
