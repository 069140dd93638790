package dev.longshore.http;

import java.util.Optional;
import javax.net.ssl.SSLContext;

/// How we speak TLS to servers of one kind, made once for many connections: reading keys and authorities takes longer
/// than a handshake, and sessions are taken up again. Immutable, thread-safe.
public final class TlsClient {

    private final SSLContext context;
    private final boolean isChecked;
    private final Optional<String> serverName;

    private TlsClient(SSLContext context, boolean isChecked, Optional<String> serverName) {
        this.context = context;
        this.isChecked = isChecked;
        this.serverName = serverName;
    }

    /// As `tls` says.
    ///
    /// @throws IllegalArgumentException when its keys cannot be used
    public static TlsClient of(HttpDialer.Tls tls) {
        boolean isChecked = !tls.authorities().isEmpty();
        SSLContext context = isChecked
                ? TlsContexts.of(tls.identity(), tls.authorities())
                : TlsContexts.believingEverybody(tls.identity());
        return new TlsClient(context, isChecked, tls.serverName());
    }

    SSLContext context() {
        return context;
    }

    /// Whether the server must prove who it is.
    boolean isChecked() {
        return isChecked;
    }

    String serverName(String host) {
        return serverName.orElse(host);
    }
}
