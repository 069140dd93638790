package dev.longshore.client;

import dev.longshore.http.Response;
import io.fabric8.kubernetes.client.http.AsyncBody;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;

/// An answer's body, handed to fabric8 piece by piece, each when it asks for one.
final class DemandedBody implements AsyncBody {

    private final Consumer<List<ByteBuffer>> consumer;
    private final Thread producer;
    private final Semaphore demand = new Semaphore(0);
    private final CompletableFuture<Void> done = new CompletableFuture<>();

    /// @param producer the thread that calls [#feed], interrupted when the consumer has had enough
    DemandedBody(Consumer<List<ByteBuffer>> consumer, Thread producer) {
        this.consumer = consumer;
        this.producer = producer;
    }

    /// Hands over the body of `response`.
    void feed(Response response) throws InterruptedException {
        try {
            switch (response) {
                case Response.Full full -> deliver(full.body());
                case Response.Stream stream -> stream.body().writeTo(new Pieces());
                case Response.Hijack hijack -> throw notHere(hijack);
                case Response.WebSocketUpgrade upgrade -> throw notHere(upgrade);
                case Response.SpdyUpgrade upgrade -> throw notHere(upgrade);
            }
            done.complete(null);
        } catch (IOException | RuntimeException failed) {
            done.completeExceptionally(failed);
        } catch (InterruptedException cancelled) {
            done.completeExceptionally(cancelled);
            throw cancelled;
        }
    }

    @Override
    public void consume() {
        demand.release();
    }

    @Override
    public CompletableFuture<Void> done() {
        return done;
    }

    @Override
    public void cancel() {
        if (!done.isDone()) {
            producer.interrupt();
        }
    }

    private void deliver(byte[] piece) throws IOException, InterruptedException {
        if (piece.length == 0) {
            return;
        }
        demand.acquire();
        try {
            consumer.consume(List.of(ByteBuffer.wrap(piece)), this);
        } catch (IOException | InterruptedException | RuntimeException failed) {
            throw failed;
        } catch (Exception failed) {
            throw new IOException(failed);
        }
    }

    private static IOException notHere(Response response) {
        return new IOException("no " + response.getClass().getSimpleName() + " within one process");
    }

    /// Collects until flushed.
    private final class Pieces extends OutputStream {
        private static final int LARGEST = 64 << 10;
        private final java.io.ByteArrayOutputStream collected = new java.io.ByteArrayOutputStream();

        @Override
        public void write(int octet) throws IOException {
            write(new byte[] {(byte) octet}, 0, 1);
        }

        @Override
        public void write(byte[] from, int offset, int length) throws IOException {
            if (collected.size() + length > LARGEST) {
                flush();
            }
            if (length > LARGEST) {
                send(Arrays.copyOfRange(from, offset, offset + length));
            } else {
                collected.write(from, offset, length);
            }
        }

        @Override
        public void flush() throws IOException {
            byte[] piece = collected.toByteArray();
            collected.reset();
            send(piece);
        }

        private void send(byte[] piece) throws IOException {
            try {
                deliver(piece);
            } catch (InterruptedException cancelled) {
                Thread.currentThread().interrupt();
                throw new IOException("cancelled", cancelled);
            }
        }
    }
}
