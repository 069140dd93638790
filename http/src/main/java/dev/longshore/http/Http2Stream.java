package dev.longshore.http;

import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http2.DefaultHttp2GoAwayFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayList;

/// The event loop's side of one HTTP/2 request.
final class Http2Stream extends ChannelInboundHandlerAdapter {

    private final Edge edge;
    private final Http2Handlers handlers;
    private final WriteGate gate = new WriteGate();
    private InboundPipe body;
    private ExchangeRun run;
    private boolean isReadWanted;

    Http2Stream(Edge edge, Http2Handlers handlers) {
        this.edge = edge;
        this.handlers = handlers;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        ctx.read();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object frame) {
        try {
            switch (frame) {
                case Http2HeadersFrame head when run == null -> begin(ctx, head);
                case Http2HeadersFrame trailers when trailers.isEndStream() -> body.end();
                case Http2DataFrame data when body != null -> data(data);
                default -> {}
            }
        } finally {
            ReferenceCountUtil.release(frame);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        isReadWanted = true;
        readOn(ctx);
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        gate.changed();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof Http2ResetFrame) {
            peerGone();
        }
        ReferenceCountUtil.release(event);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        peerGone();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        Edge.note(ctx.channel(), cause);
        ctx.close();
    }

    private void begin(ChannelHandlerContext ctx, Http2HeadersFrame head) {
        Http2Headers wire = head.headers();
        boolean isWhole = wire.method() != null && wire.path() != null;
        if (!isWhole || !Paths.isWellFormed(wire.path().toString())) {
            ctx.writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.PROTOCOL_ERROR));
            return;
        }
        var limits = edge.limits();
        body = new InboundPipe(
                limits.buffer(),
                limits.bodyWait().toMillis(),
                () -> ctx.executor().execute(() -> readOn(ctx)));
        if (head.isEndStream()) {
            body.end();
        }
        String method = wire.method().toString();
        Request request = RequestHeads.request(
                method,
                wire.path().toString(),
                fields(wire),
                body,
                edge.peer(ctx.channel().parent()));
        var exchange = new Http2Exchange(edge, ctx.channel(), gate, body, method.equals("HEAD"));
        run = new ExchangeRun(edge.handler(), request, exchange, edge.live());
        if (!handlers.start(run)) {
            ctx.channel()
                    .parent()
                    .writeAndFlush(new DefaultHttp2GoAwayFrame(Http2Error.ENHANCE_YOUR_CALM))
                    .addListener(ChannelFutureListener.CLOSE);
        }
    }

    private void data(Http2DataFrame data) {
        body.offer(ByteBufUtil.getBytes(data.content()));
        if (data.isEndStream()) {
            body.end();
        }
    }

    private void readOn(ChannelHandlerContext ctx) {
        if (isReadWanted && (body == null || body.hasRoom())) {
            isReadWanted = false;
            ctx.read();
        }
    }

    private void peerGone() {
        gate.changed();
        if (run != null) {
            body.fail("the peer is gone");
            run.peerGone();
        }
    }

    private static Headers fields(Http2Headers wire) {
        var pairs = new ArrayList<String>(wire.size() * 2);
        if (wire.authority() != null) {
            pairs.add("Host");
            pairs.add(wire.authority().toString());
        }
        wire.forEach(field -> {
            if (field.getKey().charAt(0) != ':') {
                pairs.add(field.getKey().toString());
                pairs.add(field.getValue().toString());
            }
        });
        return Headers.of(pairs.toArray(String[]::new));
    }
}
