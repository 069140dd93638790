package dev.longshore.runtime.cri;

import com.google.protobuf.MessageLite;
import dev.longshore.http.grpc.GrpcClient;
import dev.longshore.http.grpc.GrpcException;
import dev.longshore.http.grpc.GrpcMethod;
import dev.longshore.runtime.RuntimeFaultException;
import dev.longshore.runtime.RuntimeFaultException.Kind;
import java.nio.file.Path;
import java.time.Duration;

/// Calls a runtime by its sockets and turns refusals into the faults that callers know.
final class CriConnection implements AutoCloseable {

    /// As kubelets have it.
    static final Duration LIMIT = Duration.ofMinutes(2);

    /// Sandboxes may wait for the network's addresses.
    static final Duration LONG = Duration.ofMinutes(4);

    private final GrpcClient runtime;
    private final GrpcClient images;

    CriConnection(Path runtimeSocket, Path imageSocket) {
        this.runtime = GrpcClient.to(runtimeSocket);
        this.images = imageSocket.equals(runtimeSocket) ? runtime : GrpcClient.to(imageSocket);
    }

    <Q extends MessageLite, R extends MessageLite> R call(GrpcMethod<Q, R> method, Q request)
            throws InterruptedException {
        return call(method, request, LIMIT, Kind.FAILED);
    }

    /// @param otherwise the kind of a refusal that says nothing closer
    <Q extends MessageLite, R extends MessageLite> R call(
            GrpcMethod<Q, R> method, Q request, Duration limit, Kind otherwise) throws InterruptedException {
        GrpcClient client = method.name().startsWith(CriMethods.IMAGES) ? images : runtime;
        try {
            return client.call(method, request, limit);
        } catch (GrpcException refused) {
            throw new RuntimeFaultException(kind(refused, otherwise), refused.getMessage(), refused);
        }
    }

    /// For callers whose interface has no interruption: an interrupt becomes a fault, and the flag stays set.
    <Q extends MessageLite, R extends MessageLite> R ask(GrpcMethod<Q, R> method, Q request) {
        try {
            return call(method, request);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new RuntimeFaultException(Kind.FAILED, method + " was interrupted", interrupted);
        }
    }

    /// As [#call], for what may be gone already.
    <Q extends MessageLite> void callIfThere(GrpcMethod<Q, ?> method, Q request, Duration limit)
            throws InterruptedException {
        try {
            call(method, request, limit, Kind.FAILED);
        } catch (RuntimeFaultException fault) {
            if (fault.kind() != Kind.NOT_FOUND) {
                throw fault;
            }
        }
    }

    @Override
    public void close() {
        runtime.close();
        images.close();
    }

    private static Kind kind(GrpcException refused, Kind otherwise) {
        return switch (refused.code()) {
            case NOT_FOUND -> Kind.NOT_FOUND;
            case DEADLINE_EXCEEDED -> Kind.TIMED_OUT;
            default -> otherwise;
        };
    }
}
