package dev.longshore.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.ssl.SslHandler;
import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// One request and its answer on an HTTP/1.1 connection.
final class Http1Exchange implements Exchange {

    private final Http1Connection connection;
    private final Edge edge;
    private final Channel channel;
    private final InboundPipe body;
    private final boolean isHead;
    private final boolean isOldClient;
    private final boolean wantsKeepAlive;
    private volatile boolean isContinueOwed;
    private volatile ExchangeRun run;
    private boolean isAnswered;

    private Http1Exchange(Http1Connection connection, Edge edge, HttpRequest head) {
        this.connection = connection;
        this.edge = edge;
        this.channel = connection.context().channel();
        this.body =
                new InboundPipe(edge.limits().buffer(), edge.limits().bodyWait().toMillis(), connection::demand);
        this.isHead = head.method().name().equals("HEAD");
        this.isOldClient = head.protocolVersion().compareTo(HttpVersion.HTTP_1_1) < 0;
        this.wantsKeepAlive = HttpUtil.isKeepAlive(head);
        this.isContinueOwed = HttpUtil.is100ContinueExpected(head);
    }

    static Http1Exchange start(Http1Connection connection, Edge edge, HttpRequest head) {
        var exchange = new Http1Exchange(connection, edge, head);
        exchange.body.onFirstRead(exchange::sendContinue);
        Request request = RequestHeads.request(
                head.method().name(),
                head.uri(),
                RequestHeads.headers(head.headers()),
                exchange.body,
                edge.peer(exchange.channel));
        exchange.run = new ExchangeRun(edge.handler(), request, exchange, edge.live());
        exchange.run.start();
        return exchange;
    }

    InboundPipe body() {
        return body;
    }

    void markAnswered() {
        isAnswered = true;
    }

    boolean isAnswered() {
        return isAnswered;
    }

    void peerGone() {
        body.fail("the peer is gone");
        run.peerGone();
    }

    @Override
    public void send(Response.Full answer) throws IOException {
        boolean keepAlive = keepAlive();
        var message = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1,
                HttpResponseStatus.valueOf(answer.status()),
                Unpooled.wrappedBuffer(answer.body()));
        boolean hasBody = answer.status() >= 200 && answer.status() != 204 && answer.status() != 304;
        fields(message, answer.headers(), keepAlive);
        if (!hasBody) {
            message.content().clear();
        } else if (!isHead || !message.headers().contains(HttpHeaderNames.CONTENT_LENGTH)) {
            message.headers().set(HttpHeaderNames.CONTENT_LENGTH, answer.body().length);
        }
        ChannelFuture sending = write(message);
        sending.addListener((ChannelFutureListener) sent -> finished(sent, keepAlive));
        edge.dropIfNotTaken(sending);
    }

    @Override
    public OutputStream begin(Response.Stream answer) throws IOException {
        var message = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(answer.status()));
        boolean isFramed = answer.headers().first("Content-Length").isPresent();
        boolean keepAlive = keepAlive() && (isFramed || !isOldClient);
        fields(message, answer.headers(), keepAlive);
        if (!isFramed && !isOldClient) {
            message.headers().set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
        }
        write(message);
        return new ChannelOutput(
                channel,
                connection.gate(),
                DefaultHttpContent::new,
                false,
                () -> channel.writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT)
                        .addListener((ChannelFutureListener) sent -> finished(sent, keepAlive)));
    }

    @Override
    public boolean mayHijack() {
        return true;
    }

    @Override
    public RawStreams hijack(Response.Hijack answer) throws IOException, InterruptedException {
        var message = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(answer.status()));
        answer.headers().forEach((name, value) -> message.headers().add(name, value));
        var inbound = new CompletableFuture<InboundPipe>();
        channel.eventLoop().execute(() -> {
            if (!channel.isActive()) {
                inbound.completeExceptionally(new IOException("the peer is gone"));
                return;
            }
            connection.encoder().answersHead(false);
            channel.writeAndFlush(message);
            inbound.complete(connection.goRaw());
        });
        try {
            InboundPipe in = inbound.get(1, TimeUnit.MINUTES);
            return new RawStreams(
                    in,
                    new ChannelOutput(channel, connection.gate(), (ByteBuf bytes) -> bytes, true, this::halfClose),
                    () -> channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE));
        } catch (ExecutionException | TimeoutException failed) {
            throw new IOException("the connection could not be taken over", failed);
        }
    }

    @Override
    public void abort() {
        channel.close();
    }

    private ChannelFuture write(HttpResponse message) throws IOException {
        if (!channel.isActive()) {
            throw new IOException("the peer is gone");
        }
        channel.eventLoop().execute(() -> connection.encoder().answersHead(isHead));
        return channel.writeAndFlush(message);
    }

    private void fields(HttpResponse message, Headers headers, boolean keepAlive) {
        headers.forEach((name, value) -> message.headers().add(name, value));
        message.headers().remove(HttpHeaderNames.TRANSFER_ENCODING);
        message.headers().remove(HttpHeaderNames.CONNECTION);
        if (!keepAlive) {
            message.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        } else if (isOldClient) {
            message.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.KEEP_ALIVE);
        }
    }

    /// A client that still waits for leave to send its body may send it or not: such a connection cannot go on.
    private boolean keepAlive() {
        return wantsKeepAlive && !isContinueOwed && !connection.isClosing();
    }

    private void finished(ChannelFuture sent, boolean keepAlive) {
        if (sent.isSuccess()) {
            body.close();
            connection.answered(keepAlive);
        } else {
            channel.close();
        }
    }

    private void sendContinue() {
        if (isContinueOwed) {
            isContinueOwed = false;
            channel.writeAndFlush(new DefaultFullHttpResponse(
                    HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE, Unpooled.EMPTY_BUFFER));
        }
    }

    private void halfClose() {
        channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(_ -> {
            SslHandler tls = channel.pipeline().get(SslHandler.class);
            switch (channel) {
                case UnixChannel unix -> unix.endOutput();
                case Channel _ when tls != null -> tls.closeOutbound();
                case DuplexChannel duplex -> duplex.shutdownOutput();
                default -> throw new IllegalStateException("an unknown kind of connection: " + channel);
            }
        });
    }
}
