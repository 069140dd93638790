package dev.longshore.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.spdy.SpdyFrame;
import io.netty.handler.codec.spdy.SpdyFrameCodec;
import io.netty.handler.codec.spdy.SpdyVersion;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// SPDY/3.1 frames from and to bytes. Netty's codec does it, in channels that lead nowhere, because the bytes
/// come from anything that is a stream. Each direction has a compression state of its own and is used by one
/// thread at a time; data frames that come out of [#decode] belong to the caller, who releases them.
final class SpdyFrames {

    private static final Logger log = LoggerFactory.getLogger(SpdyFrames.class);

    private final EmbeddedChannel decoding = new EmbeddedChannel(new SpdyFrameCodec(SpdyVersion.SPDY_3_1));
    private final EmbeddedChannel encoding = new EmbeddedChannel(new SpdyFrameCodec(SpdyVersion.SPDY_3_1));

    List<SpdyFrame> decode(byte[] bytes, int count) throws IOException {
        try {
            decoding.writeInbound(Unpooled.copiedBuffer(bytes, 0, count));
        } catch (Exception malformed) {
            // The codec's own exception is a checked one, which the channel throws undeclared.
            throw new IOException("malformed SPDY", malformed);
        }
        var frames = new ArrayList<SpdyFrame>();
        for (Object frame = decoding.readInbound(); frame != null; frame = decoding.readInbound()) {
            frames.add((SpdyFrame) frame);
        }
        return frames;
    }

    byte[] encode(SpdyFrame frame) {
        encoding.writeOutbound(frame);
        var bytes = new ByteArrayOutputStream();
        for (ByteBuf piece = encoding.readOutbound(); piece != null; piece = encoding.readOutbound()) {
            bytes.writeBytes(ByteBufUtil.getBytes(piece));
            piece.release();
        }
        return bytes.toByteArray();
    }

    /// Gives back what the codec holds of half a frame.
    void release() {
        release(decoding);
        release(encoding);
    }

    private static void release(EmbeddedChannel channel) {
        try {
            channel.finishAndReleaseAll();
        } catch (Exception malformed) {
            // What was malformed has been told to whoever decoded it.
            log.trace("gave up a malformed frame", malformed);
        }
    }
}
