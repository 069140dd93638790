package dev.longshore.client;

import dev.longshore.http.LineOutput;
import dev.longshore.http.Response;
import io.fabric8.kubernetes.client.http.WebSocket;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;

/// A watch's JSON lines as messages of a WebSocket, each handed over when fabric8 asks for one.
final class WatchSocket implements WebSocket {

    private static final int NORMAL = 1000;

    private final Listener listener;
    private final Thread producer;
    private final Semaphore demand = new Semaphore(1);
    private final AtomicBoolean isClosed = new AtomicBoolean();

    /// @param producer the thread that calls [#feed], interrupted when the client closes
    WatchSocket(Listener listener, Thread producer) {
        this.listener = listener;
        this.producer = producer;
    }

    /// Serves until the stream ends, breaks, or the client closes.
    void feed(Response.Stream stream) {
        listener.onOpen(this);
        try {
            stream.body().writeTo(new LineOutput(this::deliver));
            end(null);
        } catch (IOException | RuntimeException broken) {
            end(broken);
        } catch (InterruptedException closed) {
            end(null);
        }
    }

    @Override
    public boolean send(ByteBuffer buffer) {
        return false;
    }

    @Override
    public boolean sendClose(int code, String reason) {
        if (!isClosed.compareAndSet(false, true)) {
            return false;
        }
        producer.interrupt();
        listener.onClose(this, code, reason);
        return true;
    }

    @Override
    public long queueSize() {
        return 0;
    }

    @Override
    public void request() {
        demand.release();
    }

    private void end(Exception broken) {
        if (isClosed.compareAndSet(false, true)) {
            if (broken == null) {
                listener.onClose(this, NORMAL, "");
            } else {
                listener.onError(this, broken);
            }
        }
    }

    private void deliver(String message) throws InterruptedException {
        demand.acquire();
        listener.onMessage(this, message);
    }
}
