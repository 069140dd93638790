package dev.longshore.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;

/// One HTTP/1.1 connection; everything here happens on its event loop. One request at a time: idle → busy
/// (handler runs) → idle, or → raw (hijacked, never comes back).
///
/// Reading is by hand (autoRead is off): while a request is answered we go on reading up to a bound, only to
/// learn that the peer went away.
final class Http1Connection extends ChannelInboundHandlerAdapter {

    private static final int PIPELINED_LIMIT = 64 * 1024;

    private final Edge edge;
    private final PacedRequestDecoder decoder;
    private final Http1Encoder encoder;
    private final WriteGate gate = new WriteGate();
    private ChannelHandlerContext context;
    private Http1Exchange exchange;
    private InboundPipe raw;
    private volatile boolean isClosing;
    private boolean isHeadSeen;
    private long idleSince;
    private boolean isReadWanted;
    private IdleWatch idleWatch;

    Http1Connection(Edge edge, PacedRequestDecoder decoder, Http1Encoder encoder) {
        this.edge = edge;
        this.decoder = decoder;
        this.encoder = encoder;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
        idleSince = edge.time().nanoTime();
        idleWatch = IdleWatch.start(edge, ctx.channel(), this::closeIfIdle);
        if (ctx.channel().isActive()) {
            ctx.read();
        }
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        ctx.fireChannelActive();
        ctx.read();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
        try {
            if (message instanceof HttpRequest head) {
                begin(head);
            }
            if (message instanceof HttpContent content && exchange != null) {
                body(content);
            }
            if (message instanceof ByteBuf bytes && raw != null) {
                raw.offer(ByteBufUtil.getBytes(bytes));
            }
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        isReadWanted = true;
        readOn();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        gate.changed();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        idleWatch.stop();
        peerGone();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event == Edge.DRAIN) {
            drain();
        }
        if (event instanceof ChannelInputShutdownEvent) {
            if (raw != null) {
                raw.end();
            } else {
                // Somebody who half-closes cannot be told from somebody who died: both are taken as gone.
                ctx.close();
            }
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        Edge.note(ctx.channel(), cause);
        ctx.close();
    }

    boolean isClosing() {
        return isClosing;
    }

    /// Reads more if whoever consumes has room; safe to call whenever that changes.
    void readOn() {
        if (isReadWanted && hasRoom()) {
            isReadWanted = false;
            context.read();
        }
    }

    /// The answer has left; the connection goes on with the next request, or ends.
    void answered(boolean keepAlive) {
        if (!keepAlive || isClosing || isBodyTooLong()) {
            endAfterAnswer();
            return;
        }
        exchange.markAnswered();
        nextIfDone();
    }

    /// Leaves HTTP: from now on the connection carries bytes. Bytes behind the request head go first.
    InboundPipe goRaw() {
        InboundPipe pipe = new InboundPipe(edge.limits().buffer(), 0, this::demand);
        raw = pipe;
        isReadWanted = true;
        context.pipeline().remove(encoder);
        context.pipeline().remove(decoder);
        readOn();
        return pipe;
    }

    ChannelHandlerContext context() {
        return context;
    }

    WriteGate gate() {
        return gate;
    }

    Http1Encoder encoder() {
        return encoder;
    }

    void demand() {
        context.executor().execute(this::readOn);
    }

    /// The server ends: lets a running request finish, and closes at once when there is none.
    private void drain() {
        isClosing = true;
        if (exchange == null) {
            context.close();
        }
    }

    private void begin(HttpRequest head) {
        if (exchange != null || isClosing) {
            context.close();
            return;
        }
        if (head.decoderResult().isFailure()) {
            refuse(status(head.decoderResult().cause()));
            return;
        }
        if (!Paths.isWellFormed(head.uri())) {
            refuse(HttpResponseStatus.BAD_REQUEST);
            return;
        }
        if (head.headers().get(HttpHeaderNames.HOST) == null
                && head.protocolVersion().equals(HttpVersion.HTTP_1_1)) {
            refuse(HttpResponseStatus.BAD_REQUEST);
            return;
        }
        isHeadSeen = true;
        exchange = Http1Exchange.start(this, edge, head);
    }

    private void body(HttpContent content) {
        if (content.decoderResult().isFailure()) {
            isClosing = true;
            exchange.body().fail("the request's body is malformed");
            return;
        }
        exchange.body().offer(ByteBufUtil.getBytes(content.content()));
        if (content instanceof LastHttpContent) {
            exchange.body().end();
            nextIfDone();
        } else if (exchange.isAnswered() && isBodyTooLong()) {
            context.close();
        }
    }

    private void nextIfDone() {
        if (!exchange.isAnswered() || !exchange.body().isEnded()) {
            readOn();
            return;
        }
        exchange = null;
        idleSince = edge.time().nanoTime();
        try {
            decoder.resume();
        } catch (Exception malformed) {
            exceptionCaught(context, malformed);
            return;
        }
        readOn();
    }

    private boolean hasRoom() {
        if (raw != null) {
            return raw.hasRoom();
        }
        if (exchange == null) {
            return true;
        }
        return exchange.body().isEnded()
                ? decoder.pending() < PIPELINED_LIMIT
                : exchange.body().hasRoom();
    }

    private boolean isBodyTooLong() {
        return exchange.body().discarded() > edge.limits().buffer();
    }

    /// A peer that still sends would get a reset, which may overtake the answer: such a one gets a moment to
    /// read.
    private void endAfterAnswer() {
        isClosing = true;
        if (exchange.body().isEnded()) {
            context.close();
        } else {
            exchange.markAnswered();
            edge.closeLater(context.channel());
        }
    }

    private void peerGone() {
        gate.changed();
        if (raw != null) {
            raw.fail("the peer is gone");
        }
        if (exchange != null) {
            exchange.peerGone();
        }
    }

    private void closeIfIdle() {
        long idle = edge.time().nanoTime() - idleSince;
        long limit = (isHeadSeen ? edge.limits().idle() : edge.limits().firstHead()).toNanos();
        if (exchange == null && raw == null && idle >= limit) {
            context.close();
        }
    }

    private void refuse(HttpResponseStatus status) {
        isClosing = true;
        encoder.answersHead(false);
        byte[] text = (status.reasonPhrase() + "\n").getBytes(StandardCharsets.UTF_8);
        var answer = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status, Unpooled.wrappedBuffer(text));
        answer.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, "text/plain; charset=utf-8")
                .set(HttpHeaderNames.CONTENT_LENGTH, text.length)
                .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        context.writeAndFlush(answer).addListener(ChannelFutureListener.CLOSE);
    }

    private static HttpResponseStatus status(Throwable cause) {
        return switch (cause) {
            // As Go's server, which counts the first line among the fields.
            case TooLongHttpLineException _, TooLongHttpHeaderException _ ->
                HttpResponseStatus.REQUEST_HEADER_FIELDS_TOO_LARGE;
            default -> HttpResponseStatus.BAD_REQUEST;
        };
    }
}
