package dev.longshore.http;

import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/// Whom this machine's Java believes.
public final class SystemAuthorities {

    private SystemAuthorities() {}

    /// All of them.
    ///
    /// @throws IllegalStateException when this Java believes nobody
    public static List<X509Certificate> all() {
        try {
            var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init((KeyStore) null);
            for (var manager : factory.getTrustManagers()) {
                if (manager instanceof X509TrustManager trust) {
                    return List.of(trust.getAcceptedIssuers());
                }
            }
        } catch (GeneralSecurityException broken) {
            throw new IllegalStateException("this Java's authorities cannot be read", broken);
        }
        throw new IllegalStateException("this Java believes nobody");
    }
}
