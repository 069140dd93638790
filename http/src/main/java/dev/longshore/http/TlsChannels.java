package dev.longshore.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.group.ChannelGroup;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.ApplicationProtocolNegotiationHandler;

/// Sets up connections that begin with TLS.
final class TlsChannels extends ChannelInitializer<Channel> {

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
        channel.pipeline().addLast(tls.newHandler(channel.alloc()), new Chosen());
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
