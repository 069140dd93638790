package dev.longshore.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.spdy.DefaultSpdyDataFrame;
import io.netty.handler.codec.spdy.DefaultSpdyGoAwayFrame;
import io.netty.handler.codec.spdy.DefaultSpdyRstStreamFrame;
import io.netty.handler.codec.spdy.DefaultSpdySynReplyFrame;
import io.netty.handler.codec.spdy.DefaultSpdyWindowUpdateFrame;
import io.netty.handler.codec.spdy.SpdyDataFrame;
import io.netty.handler.codec.spdy.SpdyFrame;
import io.netty.handler.codec.spdy.SpdyFrameCodec;
import io.netty.handler.codec.spdy.SpdyGoAwayFrame;
import io.netty.handler.codec.spdy.SpdyHeaders;
import io.netty.handler.codec.spdy.SpdyPingFrame;
import io.netty.handler.codec.spdy.SpdyRstStreamFrame;
import io.netty.handler.codec.spdy.SpdySettingsFrame;
import io.netty.handler.codec.spdy.SpdySynStreamFrame;
import io.netty.handler.codec.spdy.SpdyVersion;
import io.netty.handler.codec.spdy.SpdyWindowUpdateFrame;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// SPDY/3.1 over two streams. Netty's codec does frames and header compression; streams, flow control and
/// blocking are done here. One virtual thread reads; frames are written under a lock that is held for one
/// frame.
final class SpdyServerConnection implements SpdyConnection {

    /// The window each stream starts with, both ways, until SETTINGS say otherwise.
    static final int WINDOW = 64 << 10;

    private static final Logger log = LoggerFactory.getLogger(SpdyServerConnection.class);
    private static final int BUFFER = 16 << 10;
    private static final int MOST_STREAMS = 1000;

    private final InputStream in;
    private final OutputStream out;
    private final EmbeddedChannel decoder = new EmbeddedChannel(new SpdyFrameCodec(SpdyVersion.SPDY_3_1));
    private final EmbeddedChannel encoder = new EmbeddedChannel(new SpdyFrameCodec(SpdyVersion.SPDY_3_1));
    private final Map<Integer, SpdyServerStream> streams = new ConcurrentHashMap<>();
    private final BlockingQueue<Optional<SpdyStream>> accepted = new LinkedBlockingQueue<>(MOST_STREAMS + 1);
    private volatile int sendWindow = WINDOW;
    private volatile boolean isClosed;

    SpdyServerConnection(InputStream in, OutputStream out) {
        this.in = in;
        this.out = out;
    }

    /// Begins to read.
    void start() {
        Thread.ofVirtual().name("spdy-read").start(this::read);
    }

    @Override
    public Optional<SpdyStream> accept() throws InterruptedException {
        Optional<SpdyStream> next = accepted.take();
        if (next.isEmpty()) {
            accepted.add(next);
        }
        return next;
    }

    @Override
    public void close() {
        if (!isClosed) {
            isClosed = true;
            try {
                write(new DefaultSpdyGoAwayFrame(0));
            } catch (IOException gone) {
                log.debug("spdy: the peer left first: {}", gone.getMessage());
            }
            end();
        }
        Quietly.close(out);
        Quietly.close(in);
    }

    /// Sends bytes of a stream.
    void sendData(int stream, byte[] from, int offset, int length, boolean isLast) throws IOException {
        var frame = new DefaultSpdyDataFrame(stream, Unpooled.wrappedBuffer(from, offset, length));
        frame.setLast(isLast);
        write(frame);
        if (isLast) {
            streams.computeIfPresent(stream, (id, open) -> open.isOver() ? null : open);
        }
    }

    /// Lets the peer send `count` more bytes on a stream.
    void sendWindowUpdate(int stream, int count) throws IOException {
        write(new DefaultSpdyWindowUpdateFrame(stream, count));
    }

    /// Ends a stream at once.
    void sendReset(int stream) throws IOException {
        streams.remove(stream);
        write(new DefaultSpdyRstStreamFrame(stream, 5));
    }

    private void read() {
        byte[] buffer = new byte[BUFFER];
        try {
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                decoder.writeInbound(Unpooled.copiedBuffer(buffer, 0, count));
                for (Object frame = decoder.readInbound(); frame != null; frame = decoder.readInbound()) {
                    handle(frame);
                }
            }
        } catch (IOException gone) {
            log.debug("spdy: connection ended: {}", gone.getMessage());
        } catch (RuntimeException malformed) {
            log.debug("spdy: malformed frame", malformed);
        } finally {
            end();
        }
    }

    private void handle(Object object) throws IOException {
        switch (object) {
            case SpdySynStreamFrame opened -> open(opened);
            case SpdyDataFrame data -> data(data);
            case SpdyRstStreamFrame reset ->
                Optional.ofNullable(streams.remove(reset.streamId())).ifPresent(SpdyServerStream::abort);
            case SpdyWindowUpdateFrame update -> {
                if (update.streamId() != 0) {
                    Optional.ofNullable(streams.get(update.streamId()))
                            .ifPresent(stream -> stream.widen(update.deltaWindowSize()));
                }
            }
            case SpdySettingsFrame settings -> {
                int window = settings.getValue(SpdySettingsFrame.SETTINGS_INITIAL_WINDOW_SIZE);
                if (window > 0) {
                    sendWindow = window;
                }
            }
            case SpdyPingFrame ping -> {
                if (ping.id() % 2 == 1) {
                    write(ping);
                }
            }
            case SpdyGoAwayFrame away -> log.debug("spdy: the peer goes away after stream {}", away.lastGoodStreamId());
            default -> log.debug("spdy: ignored {}", object.getClass().getSimpleName());
        }
    }

    private void open(SpdySynStreamFrame frame) throws IOException {
        if (streams.size() >= MOST_STREAMS) {
            write(new DefaultSpdyRstStreamFrame(frame.streamId(), 3));
            return;
        }
        var stream = new SpdyServerStream(this, frame.streamId(), headers(frame.headers()), sendWindow);
        streams.put(frame.streamId(), stream);
        var reply = new DefaultSpdySynReplyFrame(frame.streamId());
        // Of no headers the codec makes no header block at all, on which Go's client chokes.
        reply.headers().set("version", "HTTP/1.1");
        write(reply);
        if (frame.isLast()) {
            stream.endInput();
        }
        accepted.add(Optional.of(stream));
    }

    private void data(SpdyDataFrame frame) throws IOException {
        ByteBuf content = frame.content();
        byte[] bytes = new byte[content.readableBytes()];
        content.readBytes(bytes);
        frame.release();
        SpdyServerStream stream = streams.get(frame.streamId());
        if (stream != null) {
            if (!stream.receive(bytes)) {
                sendReset(frame.streamId());
                stream.abort();
                return;
            }
            if (frame.isLast()) {
                stream.endInput();
                streams.computeIfPresent(frame.streamId(), (id, open) -> open.isOver() ? null : open);
            }
        }
        if (bytes.length > 0) {
            sendWindowUpdate(0, bytes.length);
        }
    }

    private void end() {
        isClosed = true;
        streams.values().forEach(SpdyServerStream::abort);
        streams.clear();
        accepted.offer(Optional.empty());
    }

    private void write(SpdyFrame frame) throws IOException {
        synchronized (encoder) {
            encoder.writeOutbound(frame);
            for (Object part = encoder.readOutbound(); part != null; part = encoder.readOutbound()) {
                var bytes = (ByteBuf) part;
                bytes.readBytes(out, bytes.readableBytes());
                bytes.release();
            }
            out.flush();
        }
    }

    private static Headers headers(SpdyHeaders headers) {
        var fields = new ArrayList<String>();
        headers.forEach(entry -> {
            fields.add(entry.getKey().toString());
            fields.add(entry.getValue().toString());
        });
        return Headers.of(fields.toArray(String[]::new));
    }
}
