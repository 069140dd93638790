package dev.longshore.http;

import dev.longshore.base.BlockInput;
import dev.longshore.base.BlockOutput;
import io.netty.handler.codec.spdy.SpdyStreamStatus;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One stream of a [FramedSpdyConnection].
final class FramedSpdyStream implements SpdyStream {

    private static final Logger log = LoggerFactory.getLogger(FramedSpdyStream.class);

    private final FramedSpdyConnection connection;
    private final int id;
    private final Headers headers;
    private final Inbound in = new Inbound();
    private final Outbound out = new Outbound();
    private final SpdyWindows.Window window;
    private final AtomicBoolean hasPeerEnded = new AtomicBoolean();
    private final AtomicBoolean haveWeEnded = new AtomicBoolean();

    FramedSpdyStream(FramedSpdyConnection connection, int id, Headers headers) {
        this.connection = connection;
        this.id = id;
        this.headers = headers;
        this.window = connection.windows().open();
    }

    @Override
    public Headers headers() {
        return headers;
    }

    @Override
    public InputStream in() {
        return in;
    }

    @Override
    public OutputStream out() {
        return out;
    }

    @Override
    public void reset() {
        boolean wasOpen = !hasPeerEnded.getAndSet(true) | !haveWeEnded.getAndSet(true);
        if (wasOpen) {
            broken();
            try {
                connection.sendReset(id, SpdyStreamStatus.CANCEL);
            } catch (IOException gone) {
                log.debug("the peer went first", gone);
            }
        }
    }

    void received(byte[] bytes) throws IOException {
        in.pipe.awaitRoom();
        in.pipe.offer(bytes);
    }

    void peerEnded() {
        in.pipe.end();
        hasPeerEnded.set(true);
        forgetIfDone();
    }

    /// The peer has said its last on every stream, and hears nothing more.
    void connectionEnded() {
        hasPeerEnded.set(true);
        haveWeEnded.set(true);
        in.pipe.end();
        connection.windows().end(window);
        connection.forget(id);
    }

    void peerReset() {
        hasPeerEnded.set(true);
        haveWeEnded.set(true);
        broken();
    }

    void grow(int delta) {
        connection.windows().grow(window, delta);
    }

    private void broken() {
        in.pipe.fail("the stream was reset");
        connection.windows().end(window);
        connection.forget(id);
    }

    private void forgetIfDone() {
        if (hasPeerEnded.get() && haveWeEnded.get()) {
            connection.forget(id);
        }
    }

    /// Tells the peer about room as the reader makes it.
    private final class Inbound extends BlockInput {

        private final InboundPipe pipe = new InboundPipe(SpdyWindows.INITIAL, 0, () -> {});
        private int unreported;

        @Override
        public int read(byte[] target, int from, int length) throws IOException {
            int count = pipe.read(target, from, length);
            if (count > 0) {
                unreported += count;
            }
            if (unreported >= SpdyWindows.INITIAL / 4 && !hasPeerEnded.get()) {
                int delta = unreported;
                unreported = 0;
                connection.sendWindowUpdate(id, delta);
            }
            return count;
        }

        @Override
        public int available() {
            return pipe.available();
        }

        @Override
        public void close() {
            pipe.close();
        }
    }

    /// Sends each write at once, in frames that fit the windows. For one thread at a time.
    private final class Outbound extends BlockOutput {

        private static final int LARGEST = 16 * 1024;

        @Override
        public void write(byte[] source, int from, int length) throws IOException {
            int sent = 0;
            while (sent < length) {
                if (haveWeEnded.get()) {
                    throw new IOException("the stream is closed");
                }
                int allowed = connection.windows().take(window, Math.min(LARGEST, length - sent));
                connection.sendData(id, source, from + sent, allowed, false);
                sent += allowed;
            }
        }

        @Override
        public void close() throws IOException {
            if (haveWeEnded.compareAndSet(false, true)) {
                connection.sendData(id, new byte[0], 0, 0, true);
                forgetIfDone();
            }
        }
    }
}
