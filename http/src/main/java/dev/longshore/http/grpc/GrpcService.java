package dev.longshore.http.grpc;

import com.google.protobuf.MessageLite;
import io.grpc.ServerServiceDefinition;
import java.util.Optional;

/// What a server offers under one name: a handler for each [GrpcMethod]. Methods that have none are answered with
/// `UNIMPLEMENTED`.
///
/// Each call has a virtual thread of its own, so handlers simply block. A caller that cancels, leaves or runs out
/// of time interrupts its handler. A handler ends its call with another status than OK by throwing [GrpcException];
/// anything else it throws is logged and becomes `UNKNOWN`.
public final class GrpcService {

    private final ServerServiceDefinition.Builder methods;

    /// With its full name, as `runtime.v1.RuntimeService`.
    public GrpcService(String name) {
        this.methods = ServerServiceDefinition.builder(name);
    }

    /// Answers each question with one answer.
    public <Q extends MessageLite, R extends MessageLite> GrpcService unary(
            GrpcMethod<Q, R> method, Answer<Q, R> handler) {
        return conversation(method, talk -> talk.send(handler.answer(first(method, talk))));
    }

    /// Answers one question with as many answers as it likes.
    public <Q extends MessageLite, R extends MessageLite> GrpcService answersMany(
            GrpcMethod<Q, R> method, Answers<Q, R> handler) {
        return conversation(method, talk -> handler.answer(first(method, talk), talk));
    }

    /// Handles a call of whatever shape, until it returns.
    public <Q extends MessageLite, R extends MessageLite> GrpcService conversation(
            GrpcMethod<Q, R> method, Talk<Q, R> handler) {
        methods.addMethod(method.descriptor(), (call, _) -> ServedCall.start(call, handler));
        return this;
    }

    ServerServiceDefinition definition() {
        return methods.build();
    }

    private static <Q extends MessageLite> Q first(GrpcMethod<Q, ?> method, Conversation<Q, ?> talk)
            throws InterruptedException {
        Optional<Q> question = talk.receive();
        return question.orElseThrow(
                () -> new GrpcException(io.grpc.Status.Code.INTERNAL, method + " was asked nothing"));
    }

    /// Answers a question.
    @FunctionalInterface
    public interface Answer<Q, R> {
        R answer(Q request) throws InterruptedException;
    }

    /// Answers a question by sending.
    @FunctionalInterface
    public interface Answers<Q, R> {
        void answer(Q request, Conversation<Q, R> to) throws InterruptedException;
    }

    /// Holds a conversation.
    @FunctionalInterface
    public interface Talk<Q, R> {
        void hold(Conversation<Q, R> with) throws InterruptedException;
    }
}
