package dev.longshore.http.grpc;

import io.grpc.Status;

/// A call ended with another status than OK: thrown at whoever called, and by handlers that want theirs to end so.
public final class GrpcException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final Status.Code code;

    /// With a status' code and its words.
    public GrpcException(Status.Code code, String message) {
        super(message);
        this.code = code;
    }

    /// The same, brought about by `cause`, which stays on this side.
    public GrpcException(Status.Code code, String message, Throwable cause) {
        super(message, cause);
        this.code = code;
    }

    /// The status' code.
    public Status.Code code() {
        return code;
    }

    static GrpcException of(Status status) {
        String words = status.getDescription() == null ? status.getCode().name() : status.getDescription();
        return new GrpcException(status.getCode(), words, status.getCause());
    }

    Status status() {
        return Status.fromCode(code).withDescription(getMessage());
    }
}
