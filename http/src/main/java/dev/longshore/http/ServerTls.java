package dev.longshore.http;

import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;

/// What a TLS listener shows and whom it believes.
///
/// @param key the server's key
/// @param chain the server's certificate and those that lead to its authority, leaf first
/// @param clientAuthorities who may have signed client certificates; when empty, no client is asked for one
public record ServerTls(PrivateKey key, List<X509Certificate> chain, List<X509Certificate> clientAuthorities) {
    public ServerTls {
        if (chain.isEmpty()) {
            throw new IllegalArgumentException("a TLS server needs a certificate");
        }
        chain = List.copyOf(chain);
        clientAuthorities = List.copyOf(clientAuthorities);
    }

    /// Never shows the key.
    @Override
    public String toString() {
        return "ServerTls[" + chain.getFirst().getSubjectX500Principal() + "]";
    }
}
