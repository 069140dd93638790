package dev.longshore.http;

import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.spdy.DefaultSpdyDataFrame;
import io.netty.handler.codec.spdy.DefaultSpdyGoAwayFrame;
import io.netty.handler.codec.spdy.DefaultSpdyRstStreamFrame;
import io.netty.handler.codec.spdy.DefaultSpdySynReplyFrame;
import io.netty.handler.codec.spdy.DefaultSpdySynStreamFrame;
import io.netty.handler.codec.spdy.DefaultSpdyWindowUpdateFrame;
import io.netty.handler.codec.spdy.SpdyDataFrame;
import io.netty.handler.codec.spdy.SpdyFrame;
import io.netty.handler.codec.spdy.SpdyGoAwayFrame;
import io.netty.handler.codec.spdy.SpdyPingFrame;
import io.netty.handler.codec.spdy.SpdyRstStreamFrame;
import io.netty.handler.codec.spdy.SpdySessionStatus;
import io.netty.handler.codec.spdy.SpdySettingsFrame;
import io.netty.handler.codec.spdy.SpdyStreamStatus;
import io.netty.handler.codec.spdy.SpdySynStreamFrame;
import io.netty.handler.codec.spdy.SpdyWindowUpdateFrame;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// An end of SPDY/3.1 over any two streams: the server's, which accepts, or the client's, which opens. One thread
/// of its own reads frames; whoever uses a stream writes its own frames, one whole frame at a time under the
/// `sending` lock.
final class FramedSpdyConnection implements SpdyConnection {

    private static final Logger log = LoggerFactory.getLogger(FramedSpdyConnection.class);
    private static final int UNACCEPTED = 256;

    private final InputStream in;
    private final OutputStream out;
    private final SpdyFrames frames = new SpdyFrames();
    private final SpdyWindows windows = new SpdyWindows();
    private final ReentrantLock sending = new ReentrantLock();
    private final Map<Integer, FramedSpdyStream> streams = new ConcurrentHashMap<>();
    private final BlockingQueue<Optional<SpdyStream>> unaccepted = new LinkedBlockingQueue<>(UNACCEPTED);
    private final boolean isClient;
    private int nextOwn = 1;
    private volatile int lastStream;
    private volatile boolean isClosed;

    private FramedSpdyConnection(InputStream in, OutputStream out, boolean isClient) {
        this.in = in;
        this.out = out;
        this.isClient = isClient;
    }

    static FramedSpdyConnection start(InputStream in, OutputStream out) {
        return start(new FramedSpdyConnection(in, out, false));
    }

    static FramedSpdyConnection startClient(InputStream in, OutputStream out) {
        return start(new FramedSpdyConnection(in, out, true));
    }

    private static FramedSpdyConnection start(FramedSpdyConnection connection) {
        Thread.ofVirtual().name("spdy").start(connection::read);
        return connection;
    }

    /// Opens a stream as the client does: odd numbers, in order, without waiting for the reply.
    SpdyStream open(Headers headers) throws IOException {
        sending.lock();
        try {
            int id = nextOwn;
            nextOwn += 2;
            var stream = new FramedSpdyStream(this, id, headers);
            streams.put(id, stream);
            var opening = new DefaultSpdySynStreamFrame(id, 0, (byte) 0);
            headers.forEach((name, value) -> opening.headers().add(name.toLowerCase(Locale.ROOT), value));
            send(opening);
            return stream;
        } finally {
            sending.unlock();
        }
    }

    @Override
    public Optional<SpdyStream> accept() throws InterruptedException {
        Optional<SpdyStream> next = unaccepted.take();
        if (next.isEmpty()) {
            // The end stays the end, for whoever asks again.
            unaccepted.offer(next);
        }
        return next;
    }

    @Override
    public void close() {
        if (isClosed) {
            return;
        }
        try {
            send(new DefaultSpdyGoAwayFrame(lastStream, SpdySessionStatus.OK));
        } catch (IOException gone) {
            log.debug("the peer went first", gone);
        }
        isClosed = true;
        endStreams();
        try {
            in.close();
        } catch (IOException gone) {
            log.debug("the peer went first", gone);
        }
    }

    SpdyWindows windows() {
        return windows;
    }

    void sendData(int stream, byte[] bytes, int from, int length, boolean isLast) throws IOException {
        var frame = new DefaultSpdyDataFrame(stream, Unpooled.copiedBuffer(bytes, from, length));
        frame.setLast(isLast);
        send(frame);
    }

    void sendReset(int stream, SpdyStreamStatus why) throws IOException {
        send(new DefaultSpdyRstStreamFrame(stream, why));
    }

    void sendWindowUpdate(int stream, int delta) {
        answer(new DefaultSpdyWindowUpdateFrame(stream, delta));
    }

    void forget(int stream) {
        streams.remove(stream);
    }

    private void send(SpdyFrame frame) throws IOException {
        sending.lock();
        try {
            if (isClosed) {
                ReferenceCountUtil.release(frame);
                throw new IOException("the SPDY connection is closed");
            }
            out.write(frames.encode(frame));
            out.flush();
        } finally {
            sending.unlock();
        }
    }

    private void read() {
        byte[] bytes = new byte[16 * 1024];
        try {
            for (int count = in.read(bytes); count >= 0; count = in.read(bytes)) {
                for (SpdyFrame frame : frames.decode(bytes, count)) {
                    try {
                        received(frame);
                    } finally {
                        ReferenceCountUtil.release(frame);
                    }
                }
            }
            if (isClient) {
                List.copyOf(streams.values()).forEach(FramedSpdyStream::connectionEnded);
            }
        } catch (IOException broken) {
            log.debug("a SPDY connection broke", broken);
        } finally {
            endStreams();
            end();
        }
    }

    private void end() {
        sending.lock();
        try {
            isClosed = true;
            frames.release();
        } finally {
            sending.unlock();
        }
    }

    private void received(SpdyFrame frame) throws IOException {
        switch (frame) {
            case SpdySynStreamFrame opened -> opened(opened);
            case SpdyDataFrame data -> data(data);
            // Go's servers reset their streams when they are done with them.
            case SpdyRstStreamFrame reset
            when isClient -> stream(reset.streamId()).ifPresent(FramedSpdyStream::connectionEnded);
            case SpdyRstStreamFrame reset -> stream(reset.streamId()).ifPresent(FramedSpdyStream::peerReset);
            // Odd numbers are the client's own questions, even ones the server's; we ask none.
            case SpdyPingFrame ping when (ping.id() & 1) == (isClient ? 0 : 1) -> answer(ping);
            case SpdyWindowUpdateFrame update
            when update.streamId() == 0 -> windows.growSession(update.deltaWindowSize());
            case SpdyWindowUpdateFrame update ->
                stream(update.streamId()).ifPresent(stream -> stream.grow(update.deltaWindowSize()));
            case SpdySettingsFrame settings -> settings(settings);
            case SpdyGoAwayFrame _ -> unaccepted.offer(Optional.empty());
            default -> log.trace("ignored {}", frame);
        }
    }

    private void opened(SpdySynStreamFrame opened) throws IOException {
        int id = opened.streamId();
        if (isClient || (id & 1) == 0 || id <= lastStream || opened.isInvalid()) {
            sendReset(id, SpdyStreamStatus.PROTOCOL_ERROR);
            return;
        }
        lastStream = id;
        var stream = new FramedSpdyStream(this, id, headers(opened));
        if (opened.isLast()) {
            stream.peerEnded();
        }
        streams.put(id, stream);
        if (unaccepted.remainingCapacity() <= 1) {
            streams.remove(id);
            sendReset(id, SpdyStreamStatus.REFUSED_STREAM);
            return;
        }
        var reply = new DefaultSpdySynReplyFrame(id);
        // Of no headers the codec makes no header block at all, and Go's client waits for one.
        reply.headers().set("version", "HTTP/1.1");
        send(reply);
        unaccepted.add(Optional.of(stream));
    }

    private void data(SpdyDataFrame data) throws IOException {
        byte[] bytes = ByteBufUtil.getBytes(data.content());
        if (bytes.length > 0) {
            sendWindowUpdate(0, bytes.length);
        }
        Optional<FramedSpdyStream> stream = stream(data.streamId());
        if (stream.isPresent()) {
            stream.get().received(bytes);
            if (data.isLast()) {
                stream.get().peerEnded();
            }
        }
    }

    /// A peer that has said its last and is gone wants no answer, and its last words are still to be read.
    private void answer(SpdyFrame frame) {
        try {
            send(frame);
        } catch (IOException gone) {
            log.debug("the peer is gone", gone);
        }
    }

    private void settings(SpdySettingsFrame settings) {
        int size = settings.getValue(SpdySettingsFrame.SETTINGS_INITIAL_WINDOW_SIZE);
        if (size >= 0) {
            int delta = windows.resize(size);
            streams.values().forEach(stream -> stream.grow(delta));
        }
    }

    private Optional<FramedSpdyStream> stream(int id) {
        return Optional.ofNullable(streams.get(id));
    }

    private void endStreams() {
        windows.endAll();
        streams.values().forEach(FramedSpdyStream::peerReset);
        unaccepted.offer(Optional.empty());
    }

    private static Headers headers(SpdySynStreamFrame opened) {
        var pairs = new ArrayList<String>();
        opened.headers().forEach(field -> {
            pairs.add(field.getKey().toString());
            pairs.add(field.getValue().toString());
        });
        return Headers.of(pairs.toArray(String[]::new));
    }
}
