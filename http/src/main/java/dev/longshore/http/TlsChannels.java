package dev.longshore.http;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.group.ChannelGroup;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.ApplicationProtocolNegotiationHandler;
import io.netty.handler.ssl.SslHandler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Sets up connections that begin with TLS.
final class TlsChannels extends ChannelInitializer<Channel> {

    private static final Logger log = LoggerFactory.getLogger(TlsChannels.class);

    /// A record of TLS 1.2 that holds a fatal alert, as every version reads it.
    private static final byte[] INTERNAL_ERROR = {21, 3, 3, 0, 2, 2, 80};

    private final Edge edge;
    private final ChannelGroup connections;
    private final ServerTls tls;

    TlsChannels(Edge edge, ChannelGroup connections, HttpServer.Tls tls) {
        this.edge = edge;
        this.connections = connections;
        this.tls = ServerTls.open(tls, ApplicationProtocolNames.HTTP_2, ApplicationProtocolNames.HTTP_1_1);
    }

    @Override
    protected void initChannel(Channel channel) {
        connections.add(channel);
        SslHandler secure;
        try {
            secure = tls.newHandler(channel.alloc());
        } catch (IllegalStateException nothingToShow) {
            log.warn("a connection from {} is refused: {}", channel.remoteAddress(), nothingToShow.getMessage());
            channel.pipeline().addLast(new Unidentified());
            return;
        }
        channel.pipeline().addLast(secure, new Chosen());
    }

    /// Says in the words of TLS that something is wrong here, so that the client has more to tell than that we
    /// left.
    private final class Unidentified extends ChannelInboundHandlerAdapter {
        @Override
        public void channelActive(ChannelHandlerContext ctx) {
            ctx.writeAndFlush(Unpooled.wrappedBuffer(INTERNAL_ERROR));
            edge.closeLater(ctx.channel());
        }
    }

    private final class Chosen extends ApplicationProtocolNegotiationHandler {

        Chosen() {
            super(ApplicationProtocolNames.HTTP_1_1);
        }

        @Override
        public void channelActive(ChannelHandlerContext ctx) throws Exception {
            super.channelActive(ctx);
            // Nothing reads by itself here; from the client's first bytes on, the TLS handler asks for more.
            ctx.read();
        }

        @Override
        protected void configurePipeline(ChannelHandlerContext ctx, String protocol) {
            if (protocol.equals(ApplicationProtocolNames.HTTP_2)) {
                Http2Connection.speakHttp2(ctx.channel(), edge);
            } else {
                PlainChannels.speakHttp1(ctx.pipeline(), edge);
            }
        }

        @Override
        protected void handshakeFailure(ChannelHandlerContext ctx, Throwable cause) {
            Edge.note(ctx.channel(), cause);
            ctx.close();
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            Edge.note(ctx.channel(), cause);
            ctx.close();
        }
    }
}
