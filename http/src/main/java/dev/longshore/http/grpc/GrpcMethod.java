package dev.longshore.http.grpc;

import com.google.protobuf.MessageLite;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.protobuf.lite.ProtoLiteUtils;

/// One call that a service offers, as both sides know it: its name, its shape, its two messages. Made once, kept in
/// a constant.
///
/// @param <Q> what is asked
/// @param <R> what is answered
public final class GrpcMethod<Q extends MessageLite, R extends MessageLite> {

    private final MethodDescriptor<Q, R> descriptor;

    private GrpcMethod(MethodType type, String name, Q request, R response) {
        this.descriptor = MethodDescriptor.<Q, R>newBuilder()
                .setType(type)
                .setFullMethodName(name)
                .setRequestMarshaller(ProtoLiteUtils.marshaller(request))
                .setResponseMarshaller(ProtoLiteUtils.marshaller(response))
                .build();
    }

    /// One question, one answer.
    ///
    /// @param name the full one, as `runtime.v1.RuntimeService/Version`
    /// @param request the empty message of the questions' type
    /// @param response the same of the answers'
    public static <Q extends MessageLite, R extends MessageLite> GrpcMethod<Q, R> unary(
            String name, Q request, R response) {
        return new GrpcMethod<>(MethodType.UNARY, name, request, response);
    }

    /// One question, many answers; else as [#unary].
    public static <Q extends MessageLite, R extends MessageLite> GrpcMethod<Q, R> answersMany(
            String name, Q request, R response) {
        return new GrpcMethod<>(MethodType.SERVER_STREAMING, name, request, response);
    }

    /// Many questions, one answer; else as [#unary].
    public static <Q extends MessageLite, R extends MessageLite> GrpcMethod<Q, R> asksMany(
            String name, Q request, R response) {
        return new GrpcMethod<>(MethodType.CLIENT_STREAMING, name, request, response);
    }

    /// Many of both, in any order; else as [#unary].
    public static <Q extends MessageLite, R extends MessageLite> GrpcMethod<Q, R> bothMany(
            String name, Q request, R response) {
        return new GrpcMethod<>(MethodType.BIDI_STREAMING, name, request, response);
    }

    /// The full name.
    public String name() {
        return descriptor.getFullMethodName();
    }

    MethodDescriptor<Q, R> descriptor() {
        return descriptor;
    }

    @Override
    public String toString() {
        return name();
    }
}
