package dev.longshore.store.grpc;

import dev.longshore.http.grpc.GrpcException;
import dev.longshore.store.StoreException;
import dev.longshore.store.StoreFault;
import io.grpc.Status;

/// What cannot be done, in the words and with the codes of etcd, by which its clients know them.
enum Refusals {
    EMPTY_KEY(Status.Code.INVALID_ARGUMENT, "key is not provided"),
    KEY_NOT_FOUND(Status.Code.INVALID_ARGUMENT, "key not found"),
    VALUE_PROVIDED(Status.Code.INVALID_ARGUMENT, "value is provided"),
    LEASE_PROVIDED(Status.Code.INVALID_ARGUMENT, "lease is provided"),
    TOO_MANY_OPERATIONS(Status.Code.INVALID_ARGUMENT, "too many operations in txn request"),
    DUPLICATE_KEY(Status.Code.INVALID_ARGUMENT, "duplicate key given in txn request"),
    TOO_LARGE(Status.Code.INVALID_ARGUMENT, "request is too large"),
    COMPACTED(Status.Code.OUT_OF_RANGE, "mvcc: required revision has been compacted"),
    FUTURE_REVISION(Status.Code.OUT_OF_RANGE, "mvcc: required revision is a future revision"),
    NO_SPACE(Status.Code.RESOURCE_EXHAUSTED, "mvcc: database space exceeded"),
    LEASE_NOT_FOUND(Status.Code.NOT_FOUND, "requested lease not found"),
    LEASE_EXISTS(Status.Code.FAILED_PRECONDITION, "lease already exists"),
    LEASE_TOO_LONG(Status.Code.OUT_OF_RANGE, "too large lease TTL"),
    MEMBER_NOT_FOUND(Status.Code.NOT_FOUND, "member not found"),
    AUTH_NOT_ENABLED(Status.Code.FAILED_PRECONDITION, "authentication is not enabled"),
    STOPPED(Status.Code.UNAVAILABLE, "server stopped"),
    CORRUPT(Status.Code.DATA_LOSS, "corrupt cluster");

    private final Status.Code code;
    private final String words;

    Refusals(Status.Code code, String words) {
        this.code = code;
        this.words = words;
    }

    GrpcException exception() {
        return new GrpcException(code, "etcdserver: " + words);
    }

    static GrpcException of(StoreException refused) {
        return switch (refused.fault()) {
            case StoreFault.Compacted _ -> COMPACTED.exception();
            case StoreFault.FutureRevision _ -> FUTURE_REVISION.exception();
            case StoreFault.LeaseNotFound _ -> LEASE_NOT_FOUND.exception();
            case StoreFault.LeaseExists _ -> LEASE_EXISTS.exception();
            case StoreFault.NoSuchKey _ -> KEY_NOT_FOUND.exception();
            case StoreFault.NoSpace _, StoreFault.OverQuota _ -> NO_SPACE.exception();
            case StoreFault.Closed _ -> STOPPED.exception();
            case StoreFault.Damaged _ -> CORRUPT.exception();
            case StoreFault.ReadOnly(String detail) ->
                new GrpcException(Status.Code.UNAVAILABLE, "etcdserver: the store cannot write: " + detail, refused);
            case StoreFault.Unavailable(String detail) ->
                new GrpcException(Status.Code.UNAVAILABLE, "etcdserver: " + detail, refused);
            case StoreFault.OutcomeUnknown(String detail) ->
                new GrpcException(Status.Code.UNAVAILABLE, "etcdserver: " + detail, refused);
            case StoreFault.Invalid(String detail) ->
                detail.startsWith("duplicate key")
                        ? DUPLICATE_KEY.exception()
                        : new GrpcException(Status.Code.INVALID_ARGUMENT, "etcdserver: " + detail, refused);
            case StoreFault.Sealed(String detail) ->
                new GrpcException(Status.Code.INTERNAL, "etcdserver: " + detail, refused);
        };
    }
}
