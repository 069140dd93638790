package dev.longshore.http;

import java.net.Socket;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/// Takes any certificate that a client shows, and names those who should have signed it, so that it chooses the right
/// one. Who really vouches for it is for whoever reads it to find out; that the client has its key, TLS has seen.
final class UncheckedClients extends X509ExtendedTrustManager {

    private final List<X509Certificate> named;

    UncheckedClients(List<X509Certificate> named) {
        this.named = List.copyOf(named);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {
        throw refused();
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {
        throw refused();
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {
        throw refused();
    }

    private static UnsupportedOperationException refused() {
        return new UnsupportedOperationException("this is for servers, which check no server");
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return named.toArray(X509Certificate[]::new);
    }
}
