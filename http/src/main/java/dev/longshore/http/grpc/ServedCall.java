package dev.longshore.http.grpc;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One call as its handler's thread sees it.
final class ServedCall<Q, R> implements Conversation<Q, R> {

    private static final Logger log = LoggerFactory.getLogger(ServedCall.class);

    private final ServerCall<Q, R> call;
    private final Turns<Q> turns = new Turns<>();
    private boolean hasAnswered;

    private ServedCall(ServerCall<Q, R> call) {
        this.call = call;
    }

    static <Q, R> ServerCall.Listener<Q> start(ServerCall<Q, R> call, GrpcService.Talk<Q, R> handler) {
        var served = new ServedCall<>(call);
        call.request(1);
        Thread thread = Thread.ofVirtual()
                .name("grpc " + call.getMethodDescriptor().getFullMethodName())
                .start(() -> served.run(handler));
        return served.new Questions(thread);
    }

    @Override
    public void send(R message) throws InterruptedException {
        begin();
        if (!turns.awaitReady(this::isReady, call::isCancelled)) {
            throw new GrpcException(Status.Code.CANCELLED, "the caller has left");
        }
        call.sendMessage(message);
    }

    @Override
    public boolean isReady() {
        // The library tells of no window where there is but one answer.
        return call.getMethodDescriptor().getType().serverSendsOneMessage() || call.isReady();
    }

    @Override
    public Optional<Q> receive() throws InterruptedException {
        Optional<Q> next = turns.next();
        if (next.isPresent()) {
            call.request(1);
        }
        return next;
    }

    private void begin() {
        if (!hasAnswered) {
            hasAnswered = true;
            call.sendHeaders(new Metadata());
        }
    }

    private void run(GrpcService.Talk<Q, R> handler) {
        Status end;
        try {
            handler.hold(this);
            begin();
            end = Status.OK;
        } catch (GrpcException status) {
            end = status.status();
        } catch (InterruptedException left) {
            // The thread is ours and ends here: nobody is left to be told by its flag.
            end = Status.CANCELLED.withDescription("the caller has left");
        } catch (RuntimeException bug) {
            log.warn("{} failed", call.getMethodDescriptor().getFullMethodName(), bug);
            end = Status.UNKNOWN.withDescription(String.valueOf(bug.getMessage()));
        }
        if (!call.isCancelled()) {
            close(end);
        }
    }

    private void close(Status end) {
        try {
            call.close(end, new Metadata());
        } catch (IllegalStateException over) {
            log.debug("{} was over before it ended", call.getMethodDescriptor().getFullMethodName(), over);
        }
    }

    private final class Questions extends ServerCall.Listener<Q> {
        private final Thread handler;

        Questions(Thread handler) {
            this.handler = handler;
        }

        @Override
        public void onMessage(Q message) {
            turns.arrive(message);
        }

        @Override
        public void onHalfClose() {
            turns.end();
        }

        @Override
        public void onReady() {
            turns.wake();
        }

        @Override
        public void onCancel() {
            turns.fail(new GrpcException(Status.Code.CANCELLED, "the caller has left"));
            handler.interrupt();
        }
    }
}
