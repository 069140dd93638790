package dev.longshore.http.grpc;

import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/// A call that its client holds open. Closing it before its end cancels it, which the other side is told.
///
/// @param <Q> what is asked
/// @param <R> what is answered
public final class GrpcCall<Q, R> implements Conversation<R, Q>, AutoCloseable {

    private final ClientCall<Q, R> call;
    private final Turns<R> turns = new Turns<>();
    private final AtomicBoolean isOver = new AtomicBoolean();

    private GrpcCall(ClientCall<Q, R> call) {
        this.call = call;
    }

    static <Q, R> GrpcCall<Q, R> start(ClientCall<Q, R> call, Metadata headers) {
        var started = new GrpcCall<>(call);
        call.start(started.new Answers(), headers);
        call.request(1);
        return started;
    }

    @Override
    public void send(Q message) throws InterruptedException {
        if (!turns.awaitReady(call::isReady, isOver::get)) {
            throw new GrpcException(Status.Code.CANCELLED, "the call is over");
        }
        call.sendMessage(message);
    }

    /// Sends the one message of a call that has no more. The library tells of no window there, and none is needed.
    void sendOnly(Q message) {
        call.sendMessage(message);
        call.halfClose();
    }

    /// Says that this side has sent its last.
    public void endRequests() {
        call.halfClose();
    }

    @Override
    public boolean isReady() {
        return call.isReady();
    }

    @Override
    public Optional<R> receive() throws InterruptedException {
        Optional<R> next = turns.next();
        if (next.isPresent()) {
            call.request(1);
        }
        return next;
    }

    /// Ends the call if it is not over; whoever blocks in it is told so.
    @Override
    public void close() {
        if (!isOver.get()) {
            call.cancel("the caller has left", null);
        }
    }

    private final class Answers extends ClientCall.Listener<R> {
        @Override
        public void onMessage(R message) {
            turns.arrive(message);
        }

        @Override
        public void onReady() {
            turns.wake();
        }

        @Override
        public void onClose(Status status, Metadata trailers) {
            isOver.set(true);
            if (status.isOk()) {
                turns.end();
            } else {
                turns.fail(GrpcException.of(status));
            }
        }
    }
}
