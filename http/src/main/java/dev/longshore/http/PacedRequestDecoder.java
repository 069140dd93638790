package dev.longshore.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.List;

/// Decodes one request and then stops until [#resume]. So pipelined requests wait their turn, and when a
/// request turns the connection into something else, the bytes behind it are still bytes: removing this handler
/// passes them on.
final class PacedRequestDecoder extends HttpRequestDecoder {

    private boolean isPaused;
    private ChannelHandlerContext context;

    PacedRequestDecoder(HttpServer.Limits limits) {
        super(new HttpDecoderConfig()
                .setMaxInitialLineLength(limits.requestLine())
                .setMaxHeaderSize(limits.head())
                .setMaxChunkSize(64 * 1024)
                // Refuses requests that announce their length in two ways, the first step of smuggling.
                .setUseRfc9112TransferEncoding(true));
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) throws Exception {
        super.handlerAdded(ctx);
        context = ctx;
    }

    /// How many undecoded bytes are here.
    int pending() {
        return actualReadableBytes();
    }

    /// Goes on with the next request; on the event loop.
    void resume() throws Exception {
        isPaused = false;
        channelRead(context, Unpooled.EMPTY_BUFFER);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) throws Exception {
        if (isPaused) {
            // The parent would ask for more bytes on its own account, without regard to how many are waiting.
            ctx.fireChannelReadComplete();
        } else {
            super.channelReadComplete(ctx);
        }
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) throws Exception {
        if (!isPaused) {
            super.decode(ctx, in, out);
            isPaused = !out.isEmpty() && out.getLast() instanceof LastHttpContent;
        }
    }

    @Override
    protected void decodeLast(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) throws Exception {
        if (!isPaused) {
            super.decodeLast(ctx, in, out);
        }
    }
}
