package dev.longshore.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.group.ChannelGroup;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.ApplicationProtocolNegotiationHandler;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.JdkSslContext;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;

/// Sets up connections that begin with TLS.
final class TlsChannels extends ChannelInitializer<Channel> {

    private final Edge edge;
    private final ChannelGroup connections;
    private final HttpServer.Tls tls;
    private volatile Ready ready;

    TlsChannels(Edge edge, ChannelGroup connections, HttpServer.Tls tls) {
        this.edge = edge;
        this.connections = connections;
        this.tls = tls;
    }

    @Override
    protected void initChannel(Channel channel) {
        connections.add(channel);
        channel.pipeline().addLast(context().newHandler(channel.alloc()), new Chosen());
    }

    /// Two connections at once may both build a context; either will do.
    private SslContext context() {
        TlsIdentity current = tls.identity().get();
        Ready known = ready;
        if (known == null || !known.identity.equals(current)) {
            known = new Ready(current, build(current, tls.clientAuthorities()));
            ready = known;
        }
        return known.context;
    }

    /// Not by Netty's builder: it looks for BouncyCastle and loads all its algorithms before the first connection.
    private static SslContext build(TlsIdentity identity, List<X509Certificate> clientAuthorities) {
        return new JdkSslContext(
                TlsContexts.of(Optional.of(identity), clientAuthorities),
                false,
                null,
                SupportedCipherSuiteFilter.INSTANCE,
                new ApplicationProtocolConfig(
                        ApplicationProtocolConfig.Protocol.ALPN,
                        ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
                        ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
                        ApplicationProtocolNames.HTTP_2,
                        ApplicationProtocolNames.HTTP_1_1),
                clientAuthorities.isEmpty() ? ClientAuth.NONE : ClientAuth.OPTIONAL,
                new String[] {"TLSv1.3", "TLSv1.2"},
                false);
    }

    private record Ready(TlsIdentity identity, SslContext context) {}

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
