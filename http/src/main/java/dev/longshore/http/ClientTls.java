package dev.longshore.http;

import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.JdkSslContext;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;

/// How Netty's clients speak TLS to a server.
public final class ClientTls {

    private ClientTls() {}

    /// As `tls` says, for the protocol that ALPN calls `protocol`.
    ///
    /// @throws IllegalArgumentException when its keys cannot be used, or when nobody vouches for the server
    public static SslContext of(HttpDialer.Tls tls, String protocol) {
        if (tls.authorities().isEmpty()) {
            throw new IllegalArgumentException("a server that nobody vouches for");
        }
        return new JdkSslContext(
                TlsContexts.of(tls.identity(), tls.authorities()),
                true,
                null,
                SupportedCipherSuiteFilter.INSTANCE,
                new ApplicationProtocolConfig(
                        ApplicationProtocolConfig.Protocol.ALPN,
                        ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
                        ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
                        protocol),
                ClientAuth.NONE,
                new String[] {"TLSv1.3", "TLSv1.2"},
                false);
    }
}
