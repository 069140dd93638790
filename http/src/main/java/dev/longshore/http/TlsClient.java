package dev.longshore.http;

import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;

/// How we speak TLS to servers of one kind, made once for many connections: reading keys and authorities takes longer
/// than a handshake, and sessions are taken up again. What we show is asked for before each connection: a renewed
/// certificate is shown from then on, and connections that were kept from before are not used again. Thread-safe.
public final class TlsClient {

    private final List<X509Certificate> authorities;
    private final Supplier<Optional<TlsIdentity>> identity;
    private final Optional<String> serverName;
    private volatile Ready ready;

    private record Ready(Optional<TlsIdentity> identity, SSLContext context) {}

    private TlsClient(
            List<X509Certificate> authorities, Supplier<Optional<TlsIdentity>> identity, Optional<String> serverName) {
        this.authorities = List.copyOf(authorities);
        this.identity = identity;
        this.serverName = serverName;
        this.ready = build(identity.get());
    }

    /// As `tls` says.
    ///
    /// @throws IllegalArgumentException when its keys cannot be used
    public static TlsClient of(HttpDialer.Tls tls) {
        return new TlsClient(tls.authorities(), tls::identity, tls.serverName());
    }

    /// One that shows what `identity` gives at the time.
    ///
    /// @param authorities who may vouch for the server; empty for anybody, without any check
    /// @throws IllegalArgumentException when its keys cannot be used
    public static TlsClient of(List<X509Certificate> authorities, Supplier<TlsIdentity> identity) {
        return new TlsClient(authorities, () -> Optional.of(identity.get()), Optional.empty());
    }

    /// The same for servers whose certificate must say `name`, whatever is dialled.
    public TlsClient named(String name) {
        return new TlsClient(authorities, identity, Optional.of(name));
    }

    /// For the next connection; another object as soon as another certificate is to be shown. Two connections at once
    /// may both build one; either will do.
    SSLContext context() {
        Optional<TlsIdentity> current = identity.get();
        Ready known = ready;
        if (!known.identity.equals(current)) {
            known = build(current);
            ready = known;
        }
        return known.context;
    }

    private Ready build(Optional<TlsIdentity> shown) {
        return new Ready(
                shown, isChecked() ? TlsContexts.of(shown, authorities) : TlsContexts.believingEverybody(shown));
    }

    /// Whether the server must prove who it is.
    boolean isChecked() {
        return !authorities.isEmpty();
    }

    String serverName(String host) {
        return serverName.orElse(host);
    }
}
