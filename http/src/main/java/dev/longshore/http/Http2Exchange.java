package dev.longshore.http;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Headers;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Locale;
import java.util.Set;

/// One request's answer on an HTTP/2 stream.
final class Http2Exchange implements Exchange {

    /// Fields that speak about a connection, which a stream is not (RFC 9113 section 8.2.2).
    private static final Set<String> FORBIDDEN =
            Set.of("connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade");

    private final Edge edge;
    private final Channel stream;
    private final WriteGate gate;
    private final InboundPipe body;
    private final boolean isHead;

    Http2Exchange(Edge edge, Channel stream, WriteGate gate, InboundPipe body, boolean isHead) {
        this.edge = edge;
        this.stream = stream;
        this.gate = gate;
        this.body = body;
        this.isHead = isHead;
    }

    @Override
    public void send(Response.Full answer) {
        Http2Headers fields = fields(answer.status(), answer.headers());
        boolean mayHaveBody = answer.status() != 204 && answer.status() != 304;
        if (mayHaveBody && !(isHead && fields.contains("content-length"))) {
            fields.setInt("content-length", answer.body().length);
        }
        if (isHead || !mayHaveBody || answer.body().length == 0) {
            ended(stream.writeAndFlush(new DefaultHttp2HeadersFrame(fields, true)));
        } else {
            stream.write(new DefaultHttp2HeadersFrame(fields, false));
            ChannelFuture sending =
                    stream.writeAndFlush(new DefaultHttp2DataFrame(Unpooled.wrappedBuffer(answer.body()), true));
            ended(sending);
            edge.dropIfNotTaken(sending);
        }
    }

    @Override
    public OutputStream begin(Response.Stream answer) throws IOException {
        stream.writeAndFlush(new DefaultHttp2HeadersFrame(fields(answer.status(), answer.headers()), false));
        return new ChannelOutput(
                stream,
                gate,
                bytes -> new DefaultHttp2DataFrame(bytes, false),
                false,
                () -> ended(stream.writeAndFlush(new DefaultHttp2DataFrame(Unpooled.EMPTY_BUFFER, true))));
    }

    @Override
    public boolean mayHijack() {
        return false;
    }

    @Override
    public RawStreams hijack(Response.Hijack answer) {
        throw new IllegalStateException("HTTP/2 has no raw connection to give away");
    }

    @Override
    public void abort() {
        stream.writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.INTERNAL_ERROR));
    }

    private static Http2Headers fields(int status, Headers headers) {
        var fields = new DefaultHttp2Headers();
        fields.status(Integer.toString(status));
        headers.forEach((name, value) -> {
            String lower = name.toLowerCase(Locale.ROOT);
            if (!FORBIDDEN.contains(lower)) {
                fields.add(lower, value);
            }
        });
        return fields;
    }

    /// A peer that still sends a body nobody wants is told to stop (RFC 9113 section 8.1).
    private void ended(ChannelFuture sent) {
        sent.addListener((ChannelFutureListener) done -> {
            boolean isBodyLeft = !body.isEnded();
            body.close();
            if (isBodyLeft && done.isSuccess()) {
                stream.writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.NO_ERROR));
            }
        });
    }
}
