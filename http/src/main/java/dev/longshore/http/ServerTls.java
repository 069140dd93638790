package dev.longshore.http;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolNegotiator;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.JdkSslContext;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSessionContext;

/// How a server speaks TLS: every connection with the identity of the moment in which it begins. Thread-safe.
public final class ServerTls extends SslContext {

    private final HttpServer.Tls tls;
    private final ClientAuth clients;
    private final String[] protocols;
    private volatile Ready ready;

    private ServerTls(HttpServer.Tls tls, ClientAuth clients, String... protocols) {
        this.tls = tls;
        this.clients = clients;
        this.protocols = protocols;
    }

    /// A client may come without a certificate.
    ///
    /// @param protocols that are spoken, the best first, as ALPN names them
    static ServerTls open(HttpServer.Tls tls, String... protocols) {
        boolean isAsked = !tls.clientAuthorities().get().isEmpty();
        return new ServerTls(tls, isAsked ? ClientAuth.OPTIONAL : ClientAuth.NONE, protocols);
    }

    /// A client must show a certificate that one of the authorities vouches for.
    public static ServerTls mutual(HttpServer.Tls tls, String... protocols) {
        return new ServerTls(tls, ClientAuth.REQUIRE, protocols);
    }

    /// Two connections at once may both build a context; either will do.
    private SslContext current() {
        TlsIdentity identity = tls.identity().get();
        List<X509Certificate> authorities = tls.clientAuthorities().get();
        Ready known = ready;
        if (known == null || !known.identity.equals(identity) || !known.authorities.equals(authorities)) {
            known = new Ready(identity, authorities, build(identity, authorities));
            ready = known;
        }
        return known.context;
    }

    /// Not by Netty's builder: it looks for BouncyCastle and loads all its algorithms before the first connection.
    private SslContext build(TlsIdentity identity, List<X509Certificate> authorities) {
        return new JdkSslContext(
                tls.isChecked()
                        ? TlsContexts.of(Optional.of(identity), authorities)
                        : TlsContexts.takingAnyClient(identity, authorities),
                false,
                null,
                SupportedCipherSuiteFilter.INSTANCE,
                new ApplicationProtocolConfig(
                        ApplicationProtocolConfig.Protocol.ALPN,
                        ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
                        ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
                        protocols),
                clients,
                new String[] {"TLSv1.3", "TLSv1.2"},
                false);
    }

    @Override
    public boolean isClient() {
        return false;
    }

    @Override
    public List<String> cipherSuites() {
        return current().cipherSuites();
    }

    @Override
    @SuppressWarnings("deprecation") // Whoever has a context must tell it.
    public ApplicationProtocolNegotiator applicationProtocolNegotiator() {
        return current().applicationProtocolNegotiator();
    }

    @Override
    public SSLEngine newEngine(ByteBufAllocator allocator) {
        return current().newEngine(allocator);
    }

    @Override
    public SSLEngine newEngine(ByteBufAllocator allocator, String host, int port) {
        return current().newEngine(allocator, host, port);
    }

    @Override
    public SSLSessionContext sessionContext() {
        return current().sessionContext();
    }

    private record Ready(TlsIdentity identity, List<X509Certificate> authorities, SslContext context) {}
}
