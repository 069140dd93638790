package dev.longshore.runtime.cri.server;

import dev.longshore.http.grpc.GrpcException;
import dev.longshore.http.grpc.GrpcService;
import dev.longshore.runtime.RuntimeFaultException;
import io.grpc.Status;

/// Tells the runtime's faults as CRI's clients know them: the code says what sort, the words are the runtime's own.
final class Refusals {

    private Refusals() {}

    /// `answer`, whose faults become statuses.
    static <Q, R> GrpcService.Answer<Q, R> told(GrpcService.Answer<Q, R> answer) {
        return request -> {
            try {
                return answer.answer(request);
            } catch (RuntimeFaultException fault) {
                throw new GrpcException(code(fault.kind()), fault.getMessage(), fault);
            } catch (IllegalArgumentException malformed) {
                throw new GrpcException(Status.Code.INVALID_ARGUMENT, malformed.getMessage(), malformed);
            }
        };
    }

    static GrpcException invalid(String why) {
        return new GrpcException(Status.Code.INVALID_ARGUMENT, why);
    }

    static GrpcException notFound(String what, String id) {
        return new GrpcException(Status.Code.NOT_FOUND, "%s \"%s\": not found".formatted(what, id));
    }

    private static Status.Code code(RuntimeFaultException.Kind kind) {
        return switch (kind) {
            case NOT_FOUND -> Status.Code.NOT_FOUND;
            case TIMED_OUT -> Status.Code.DEADLINE_EXCEEDED;
            case IMAGE_UNAVAILABLE, CANNOT_START, FAILED -> Status.Code.UNKNOWN;
        };
    }
}
