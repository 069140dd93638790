package dev.longshore.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.handler.codec.http2.DefaultHttp2GoAwayFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.util.ReferenceCountUtil;

/// One HTTP/2 connection; each of its streams is a channel with an [Http2Exchange]. The connection itself reads
/// without pause: the windows of its streams hold the peer back.
final class Http2Connection extends ChannelInboundHandlerAdapter {

    private static final int STREAMS = 250;
    private static final int WINDOW = 256 * 1024;
    private static final int LAST_WORDS_MILLIS = 500;

    /// Two of the largest pieces that are written: one is made while the other is sent.
    private static final WriteBufferWaterMark WATER_MARK = new WriteBufferWaterMark(64 << 10, 130 << 10);

    private final Edge edge;
    private final Http2FrameCodec codec;
    private final Http2Handlers handlers = new Http2Handlers(STREAMS);
    private IdleWatch idleWatch;
    private long idleSince;

    private Http2Connection(Edge edge, Http2FrameCodec codec) {
        this.edge = edge;
        this.codec = codec;
    }

    static void speakHttp2(Channel channel, Edge edge) {
        Http2FrameCodec codec = Http2FrameCodecBuilder.forServer()
                .initialSettings(Http2Settings.defaultSettings()
                        .maxConcurrentStreams(STREAMS)
                        .initialWindowSize(WINDOW)
                        .maxHeaderListSize(edge.limits().head()))
                .gracefulShutdownTimeoutMillis(LAST_WORDS_MILLIS)
                // Whoever ends a thousand watches at once means no harm: what counts is the work that goes on.
                .decoderEnforceMaxRstFramesPerWindow(0, 0)
                .build();
        var connection = new Http2Connection(edge, codec);
        channel.pipeline().addLast(codec, new Http2MultiplexHandler(connection.streams()), connection);
        channel.config().setAutoRead(true);
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        rested();
        idleWatch = IdleWatch.start(edge, ctx.channel(), () -> closeIfIdle(ctx));
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        idleWatch.stop();
    }

    /// Frames that concern the connection as a whole; the codec has acted on them.
    @Override
    public void channelRead(ChannelHandlerContext ctx, Object frame) {
        ReferenceCountUtil.release(frame);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event == Edge.DRAIN) {
            ctx.writeAndFlush(new DefaultHttp2GoAwayFrame(Http2Error.NO_ERROR));
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        Edge.note(ctx.channel(), cause);
        ctx.close();
    }

    private ChannelInitializer<Channel> streams() {
        return new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel stream) {
                stream.config().setAutoRead(false).setWriteBufferWaterMark(WATER_MARK);
                stream.pipeline().addLast(new Http2Stream(edge, handlers));
                stream.closeFuture().addListener(_ -> rested());
            }
        };
    }

    private void rested() {
        idleSince = edge.time().nanoTime();
    }

    private void closeIfIdle(ChannelHandlerContext ctx) {
        long idle = edge.time().nanoTime() - idleSince;
        if (codec.connection().numActiveStreams() == 0
                && idle >= edge.limits().idle().toNanos()) {
            ctx.close();
        }
    }
}
